package synth

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"strconv"

	"github.com/watertight/watertight/internal/network"
)

// source is the file that origins name: what is synthetic is nowhere to be looked up.
const source = "synthetic"

// dice are the random numbers of one VPC, or of the organization. Every VPC has its own, so that it looks the same whatever
// is made before it.
type dice struct{ *rand.Rand }

func newDice(seed uint64, stream int) dice { return dice{rand.New(rand.NewPCG(seed, uint64(stream)))} }

// chance is true in so many of a hundred cases.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// object makes an object with an identifier of 17 hexadecimal digits, as AWS's are, the first of them 0.
func (d dice) object(prefix, name, account, region string) network.Object {
	var random [8]byte
	binary.BigEndian.PutUint64(random[:], d.Uint64())
	text := make([]byte, 0, 48)
	text = append(text, '/')
	text = append(text, prefix...)
	text = append(text, '-', '0')
	text = hex.AppendEncode(text, random[:])
	path := string(text) // the identifier is a part of it: a million of them are kept once
	return network.Object{ID: path[1:], Name: name, Account: account, Region: region, Origin: network.Origin{Source: source, Path: path}}
}

// arn makes an object that is identified by an ARN.
func arn(service, resource, name, account, region string) network.Object {
	id := "arn:aws:" + service + ":" + region + ":" + account + ":" + resource
	return network.Object{ID: id, Name: name, Account: account, Region: region, Origin: network.Origin{Source: source, Path: "/" + id}}
}

// origin is where a part of an object stands.
func origin(id, list string, n int) network.Origin {
	return network.Origin{Source: source, Path: "/" + id + "/" + list + "/" + strconv.Itoa(n)}
}

// part is the nth part of a block, of so many bits more.
func part(block netip.Prefix, bits, n int) netip.Prefix {
	length := block.Bits() + bits
	return netip.PrefixFrom(offset(block.Addr(), uint64(n)<<(32-length)), length)
}

// offset adds to an IPv4 address, or to the last 64 bits of an IPv6 address.
func offset(a netip.Addr, n uint64) netip.Addr {
	if a.Is4() {
		b := a.As4()
		binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+uint32(n))
		return netip.AddrFrom4(b)
	}
	b := a.As16()
	binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])+n)
	return netip.AddrFrom16(b)
}
