package audit

import (
	"fmt"
	"slices"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
)

var publicService = &Rule{
	Name:     "public-service",
	Title:    "An endpoint service that is open to everybody",
	Severity: report.Error,
	Grades:   "error where every AWS account may connect without being asked about; unknown where the principals are not known and acceptance is not required; note where everybody may ask",
	Why:      "With the principal * and automatic acceptance (PL-3) any AWS account in the Region can put an endpoint into its own VPC and call what is behind the service, whatever routes say.",
	Mend:     "Name the accounts, organizations or roles that may connect, or require acceptance.",
	Example: `vpc vpc-platform 10.8.0.0/16
subnet platform-app vpc-platform 10.8.1.0/24
targets api tcp 443 vpc-platform ip
  10.8.1.20
balancer api network platform-app 10.8.1.9
  listen tcp 443 api
service api-service api principals=*
eni api-1 platform-app 10.8.1.20
`,
	check: func(s *survey) error {
		for _, v := range s.network.EndpointServices.All() {
			f := finding{kind: "endpoint service", object: &v.Object}
			everybody := slices.Contains(v.Principals, "*")
			switch {
			case v.Public():
				f.severity = report.Error
				f.message = fmt.Sprintf("The endpoint service %s is open to every AWS account: its principals are *, and connections are accepted without being asked about.", label(&v.Object))
			case !v.PrincipalsKnown && !v.AcceptanceRequired && v.Defect == nil:
				f.severity = report.Unverified
				f.message = fmt.Sprintf("Who may connect to the endpoint service %s is not known, and connections are accepted without being asked about: its permissions were not collected.", label(&v.Object))
			case everybody:
				f.severity = report.Note
				f.message = fmt.Sprintf("The endpoint service %s lets every AWS account ask to connect; each connection has to be accepted.", label(&v.Object))
			default:
				continue
			}
			f.mend = mendService(v)
			s.report(f)
		}
		return nil
	},
}

func mendService(v *network.EndpointService) string {
	if !v.PrincipalsKnown {
		return fmt.Sprintf("Collect the permissions (aws ec2 describe-vpc-endpoint-service-permissions --service-id %s), or require acceptance.", v.ID)
	}
	return fmt.Sprintf("Replace the principal * of %s by the ARNs of those who should connect (arn:aws:iam::ACCOUNT:root); require acceptance if that list cannot be known.", label(&v.Object))
}
