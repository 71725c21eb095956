#!/usr/bin/env bash
# Makes the recordings of acme, slip and one-way anew: starts an emulated AWS on loopback, applies the Terraform code to it with
# each variant laid over it, records, and stops it.
#
#   make.sh [PORT]
#
# Needs terraform (or TERRAFORM, its path), the AWS CLI, and Python with moto's server.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) port=${1:-5555}
work=$(mktemp -d)
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test # an emulated AWS takes any

python3 "$here/emulator.py" "$port" >"$work/emulator.log" 2>&1 &
trap 'kill $!; rm -rf "$work"' EXIT
until aws sts get-caller-identity >/dev/null 2>&1; do
  kill -0 $! 2>/dev/null || { cat "$work/emulator.log" >&2; exit 1; }
done

variant() { # NAME "ACCOUNT..." FILE...: applies the files to what is there, and records the accounts as the network of NAME
  local name=$1 accounts=$2
  shift 2
  rm -f "$work"/*.tf
  cp "$@" "$work"
  "${TERRAFORM:-terraform}" -chdir="$work" init -input=false >"$work/terraform.log"
  "${TERRAFORM:-terraform}" -chdir="$work" apply -input=false -auto-approve >>"$work/terraform.log" || { cat "$work/terraform.log" >&2; exit 1; }
  rm -rf "$here/../$name/network"
  for account in $accounts; do "$here/record.sh" "$here/../$name/network" "$account"; done
}
cd "$here/terraform"
variant slip "111111111111" versions.tf variables.tf prod.tf prod_routes.tf prod_groups.tf prod_instances.tf ../../slip/slip_override.tf
variant one-way "111111111111 222222222222" ./*.tf ../../one-way/one_way_override.tf
variant by-hand "111111111111 222222222222" ./*.tf
