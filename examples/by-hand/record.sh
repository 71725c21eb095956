#!/usr/bin/env bash
# Records one account and Region: AWS's answers, as they came, one file for each list.
#
#   record.sh DIR ACCOUNT [REGION]
#
# It assumes the role "terraform" of ACCOUNT, as the Terraform code does. AWS_ENDPOINT_URL leads it to an emulated AWS.
set -euo pipefail
[[ $# -ge 2 ]] || { sed -n '2,6p' "$0" >&2; exit 2; }
account=$2 region=${3:-us-east-1}
into=$1/accounts/$account/$region
mkdir -p "$into"

read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN < <(
  aws sts assume-role --region "$region" --role-arn "arn:aws:iam::$account:role/terraform" --role-session-name record \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text)
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN

while read -r list call; do
  aws ec2 "$call" --region "$region" --output json >"$into/$list.json"
done <<'LISTS'
Addresses describe-addresses
AvailabilityZones describe-availability-zones
EgressOnlyInternetGateways describe-egress-only-internet-gateways
InternetGateways describe-internet-gateways
NatGateways describe-nat-gateways
NetworkAcls describe-network-acls
NetworkInterfaces describe-network-interfaces
Reservations describe-instances
RouteTables describe-route-tables
SecurityGroups describe-security-groups
Subnets describe-subnets
TransitGatewayAttachments describe-transit-gateway-attachments
TransitGateways describe-transit-gateways
VpcEndpoints describe-vpc-endpoints
VpcPeeringConnections describe-vpc-peering-connections
Vpcs describe-vpcs
VpnGateways describe-vpn-gateways
LISTS
