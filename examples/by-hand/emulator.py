"""An emulated AWS on loopback: moto's server (pip install 'moto[server]'), with two things that moto 5.2.1 does otherwise.

    python3 emulator.py PORT

- Accounts have no default VPC, as in organizations that delete them: moto would leave the network ACL of a deleted one behind.
- The interface of a NAT gateway has an address of the gateway's subnet, no group and a type of its own, as in AWS. moto gives
  it an address from anywhere in 10.0.0.0/8, the default group and the type of an instance's.
"""

import ipaddress
import os
import sys

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "true"  # read at import: without it, no image exists

from moto.ec2.models import nat_gateways, vpcs
from moto.server import main

create = nat_gateways.NatGateway.__init__


def create_as_aws_does(gateway, backend, subnet_id, *args, **kwargs):
    block = ipaddress.ip_network(backend.get_subnet(subnet_id).cidr_block)
    taken = {interface.private_ip_address for interface in backend.enis.values()}
    free = [str(address) for address in list(block)[4:-1] if str(address) not in taken]  # AWS keeps four and the last
    nat_gateways.random_private_ip = lambda: free[0]
    create(gateway, backend, subnet_id, *args, **kwargs)
    interface = gateway._eni
    interface.description = f"Interface for NAT Gateway {gateway.id}"
    interface.interface_type = "nat_gateway"
    interface.requester_managed = True
    interface.source_dest_check = False
    interface.status = "in-use"
    interface._group_set = []


nat_gateways.NatGateway.__init__ = create_as_aws_does
vpcs.VPCBackend.create_default_vpc = lambda backend: None

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
