package shadow

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// function is a provider's function: what it is called with, and what it does.
type function struct {
	parameters []string // names; all are texts
	returns    tftypes.Type
	call       func(p *provider, arguments []string) (any, error)
}

var (
	arnType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"partition": tftypes.String, "service": tftypes.String, "region": tftypes.String, "account_id": tftypes.String, "resource": tftypes.String,
	}}
	timeType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"year": tftypes.Number, "year_day": tftypes.Number, "day": tftypes.Number, "month": tftypes.Number, "month_name": tftypes.String,
		"weekday": tftypes.Number, "weekday_name": tftypes.String, "hour": tftypes.Number, "minute": tftypes.Number, "second": tftypes.Number,
		"unix": tftypes.Number, "iso_year": tftypes.Number, "iso_week": tftypes.Number,
	}}
	unixType = tftypes.Object{AttributeTypes: func() map[string]tftypes.Type {
		all := map[string]tftypes.Type{"rfc3339": tftypes.String}
		for k, t := range timeType.AttributeTypes {
			if k != "unix" {
				all[k] = t
			}
		}
		return all
	}()}
	durationType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"hours": tftypes.Number, "minutes": tftypes.Number, "seconds": tftypes.Number, "milliseconds": tftypes.Number,
		"microseconds": tftypes.Number, "nanoseconds": tftypes.Number,
	}}
)

// functions are those of the providers that are served, by provider and name.
var functions = map[string]map[string]function{
	"hashicorp/aws": {
		"arn_parse": {[]string{"arn"}, arnType, func(_ *provider, a []string) (any, error) {
			parts := strings.SplitN(a[0], ":", 6)
			if len(parts) != 6 || parts[0] != "arn" {
				return nil, fmt.Errorf("%q is no ARN: an ARN is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE", a[0])
			}
			return map[string]any{"partition": parts[1], "service": parts[2], "region": parts[3], "account_id": parts[4], "resource": parts[5]}, nil
		}},
		"arn_build": {[]string{"partition", "service", "region", "account_id", "resource"}, tftypes.String, func(_ *provider, a []string) (any, error) {
			return "arn:" + strings.Join(a, ":"), nil
		}},
		"trim_iam_role_path": {[]string{"arn"}, tftypes.String, func(_ *provider, a []string) (any, error) {
			parts := strings.SplitN(a[0], ":", 6)
			if len(parts) != 6 || parts[2] != "iam" || !strings.HasPrefix(parts[5], "role/") {
				return nil, fmt.Errorf("%q is not the ARN of an IAM role", a[0])
			}
			parts[5] = "role/" + parts[5][strings.LastIndex(parts[5], "/")+1:]
			return strings.Join(parts, ":"), nil
		}},
		"user_agent": {[]string{"product_name", "product_version", "comment"}, tftypes.String, func(_ *provider, a []string) (any, error) {
			out := a[0]
			if a[1] != "" {
				out += "/" + a[1]
			}
			if a[2] != "" {
				out += " (" + a[2] + ")"
			}
			return out, nil
		}},
	},
	"hashicorp/time": {
		"rfc3339_parse": {[]string{"timestamp"}, timeType, func(_ *provider, a []string) (any, error) {
			t, err := time.Parse(time.RFC3339, a[0])
			if err != nil {
				return nil, fmt.Errorf("%q is no time as RFC 3339 writes it, such as 2026-01-31T12:00:00Z", a[0])
			}
			parts := timeParts(t)
			parts["unix"] = float64(t.Unix())
			return parts, nil
		}},
		"unix_timestamp_parse": {[]string{"unix_timestamp"}, unixType, func(_ *provider, a []string) (any, error) {
			t := time.Unix(int64(integer(a[0])), 0).UTC()
			parts := timeParts(t)
			parts["rfc3339"] = t.Format(time.RFC3339)
			return parts, nil
		}},
		"duration_parse": {[]string{"duration"}, durationType, func(_ *provider, a []string) (any, error) {
			d, err := time.ParseDuration(a[0])
			if err != nil {
				return nil, fmt.Errorf("%q is no duration, such as 1h30m", a[0])
			}
			return map[string]any{
				"hours": d.Hours(), "minutes": d.Minutes(), "seconds": d.Seconds(), "milliseconds": float64(d.Milliseconds()),
				"microseconds": float64(d.Microseconds()), "nanoseconds": float64(d.Nanoseconds()),
			}, nil
		}},
	},
	"hashicorp/local": {
		"direxists": {[]string{"path"}, tftypes.Bool, func(p *provider, a []string) (any, error) {
			name := a[0]
			if !filepath.IsAbs(name) {
				name = filepath.Join(p.config.Folder, name)
			}
			info, err := os.Stat(name)
			return err == nil && info.IsDir(), nil
		}},
	},
}

func timeParts(t time.Time) map[string]any {
	year, week := t.ISOWeek()
	return map[string]any{
		"year": float64(t.Year()), "year_day": float64(t.YearDay()), "day": float64(t.Day()), "month": float64(t.Month()), "month_name": t.Month().String(),
		"weekday": float64(t.Weekday()), "weekday_name": t.Weekday().String(), "hour": float64(t.Hour()), "minute": float64(t.Minute()),
		"second": float64(t.Second()), "iso_year": float64(year), "iso_week": float64(week),
	}
}

func signatures(source string) map[string]*tfprotov5.Function {
	out := map[string]*tfprotov5.Function{}
	for name, f := range functions[source] {
		s := &tfprotov5.Function{Return: &tfprotov5.FunctionReturn{Type: f.returns}}
		for _, parameter := range f.parameters {
			t := tftypes.Type(tftypes.String)
			if parameter == "unix_timestamp" {
				t = tftypes.Number
			}
			s.Parameters = append(s.Parameters, &tfprotov5.FunctionParameter{Name: parameter, Type: t, AllowNullValue: false})
		}
		out[name] = s
	}
	return out
}

func (p *provider) GetFunctions(context.Context, *tfprotov5.GetFunctionsRequest) (*tfprotov5.GetFunctionsResponse, error) {
	return &tfprotov5.GetFunctionsResponse{Functions: signatures(p.source)}, nil
}

func (p *provider) CallFunction(_ context.Context, r *tfprotov5.CallFunctionRequest) (*tfprotov5.CallFunctionResponse, error) {
	f, ok := functions[p.source][r.Name]
	if !ok {
		return &tfprotov5.CallFunctionResponse{Error: &tfprotov5.FunctionError{Text: fmt.Sprintf("provider %s has no function %s", p.source, r.Name)}}, nil
	}
	var arguments []string
	for i, a := range r.Arguments {
		t := signatures(p.source)[r.Name].Parameters[min(i, len(f.parameters)-1)].Type
		v, err := a.Unmarshal(t)
		if err != nil {
			at := int64(i)
			return &tfprotov5.CallFunctionResponse{Error: &tfprotov5.FunctionError{Text: err.Error(), FunctionArgument: &at}}, nil
		}
		arguments = append(arguments, str(plain(v, t)))
	}
	arguments = slices.Concat(arguments, make([]string, max(0, len(f.parameters)-len(arguments))))
	x, err := f.call(p, arguments)
	if err != nil {
		return &tfprotov5.CallFunctionResponse{Error: &tfprotov5.FunctionError{Text: err.Error()}}, nil
	}
	d, err := tfprotov5.NewDynamicValue(f.returns, typed(x, f.returns))
	return &tfprotov5.CallFunctionResponse{Result: &d}, err
}
