package dump

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/watertight/watertight/internal/network"
)

// Progress tells how far reading is. It is called from one goroutine at a time.
type Progress struct {
	Files, AllFiles int // read to the end, and in all
	Objects         int // elements of lists, so far
}

// Read reads a folder of AWS API answers, or one file of them. The objects' origins name files as path leads to them.
//
// It fails when there is no such folder, when nothing in it is a list of the API, and when a file is not JSON (then with file,
// line and column). All else that is wrong is in the contents: see the package comment.
func Read(path string, progress func(Progress)) (network.Contents, error) {
	d, err := open(path)
	if err != nil {
		return network.Contents{}, err
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	d.progress, d.seen.AllFiles = progress, len(d.files)
	// What instances and NAT gateways say of interfaces counts only where the list of interfaces does not have them. So these come second.
	var first, second []*file
	for _, f := range d.files {
		if strings.HasPrefix(f.base, "Reservations") || strings.HasPrefix(f.base, "NatGateways") {
			second = append(second, f)
		} else {
			first = append(first, f)
		}
	}
	if err := d.decode(first); err != nil {
		return network.Contents{}, err
	}
	d.listed = map[string]struct{}{}
	for _, f := range first {
		for _, p := range f.parts {
			for _, i := range p.Interfaces {
				d.listed[i.ID] = struct{}{}
			}
		}
	}
	if err := d.decode(second); err != nil {
		return network.Contents{}, err
	}
	d.listed = nil
	if !slices.ContainsFunc(d.files, func(f *file) bool { return len(f.keys) > 0 || f.own.Unread != nil }) {
		return network.Contents{}, fmt.Errorf("%s: no file in it holds an AWS list such as {\"Vpcs\": [...]}: give a folder as docs/dump.md describes it", path)
	}
	var parts []*part
	for _, f := range d.files {
		parts = append(parts, &f.own)
		parts = append(parts, f.parts...)
		f.parts = nil
	}
	all := &part{}
	join(reflect.ValueOf(all).Elem(), pick(parts, func(p *part) reflect.Value { return reflect.ValueOf(p).Elem() }))
	parts = nil
	d.resolve(all)
	d.assemble(all)
	d.complete(all)
	return all.Contents, nil
}

// dump is a folder while it is read.
type dump struct {
	path     string
	files    []*file // in the order of their names
	snapshot *snapshot
	progress func(Progress)
	seen     Progress
	listed   map[string]struct{} // interfaces of NetworkInterfaces, while reservations are read
}

// file is one file of a dump.
type file struct {
	path string // to open it
	name string // as origins give it, with slashes
	base string // the name without folder and extension
	dir  string // the folder
	dump *dump
	place
	keys  []string // the known lists that it holds
	token string   // where a further page of these lists is announced: a path; or empty
	parts []*part
	own   part // what the file as a whole gives: problems, gaps, counts
}

// place is an account and a Region; empty where it is not known.
type place struct{ account, region string }

// worker is what one goroutine that decodes keeps between batches.
type worker struct {
	strings map[string]string
	lists   map[string][]string
}

// open finds the files of a dump.
func open(path string) (*dump, error) {
	d := &dump{path: path}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the network cannot be read: %w", err)
	}
	if !info.IsDir() {
		d.add(path, filepath.ToSlash(path), filepath.Base(path))
		return d, nil
	}
	root, err := filepath.EvalSymlinks(path) // a walk does not follow a link, not even here
	if err != nil {
		return nil, fmt.Errorf("the network cannot be read: %w", err)
	}
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != root && strings.HasPrefix(entry.Name(), ".") { // of version control and editors
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		lower := strings.ToLower(entry.Name())
		switch {
		case entry.IsDir() || !strings.HasSuffix(strings.TrimSuffix(lower, ".gz"), ".json"):
			return nil
		case relative == snapshotFile:
			d.snapshot, err = readSnapshot(name)
			return err
		}
		d.add(name, filepath.ToSlash(filepath.Join(path, relative)), filepath.ToSlash(relative))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the network cannot be read: %w", err)
	}
	slices.SortFunc(d.files, func(a, b *file) int {
		return cmp.Or(cmp.Compare(a.dir, b.dir), natural(a.base, b.base), cmp.Compare(a.name, b.name))
	})
	return d, nil
}

func (d *dump) add(path, name, relative string) {
	f := &file{path: path, name: name, dump: d, dir: ".", base: relative}
	if i := strings.LastIndexByte(relative, '/'); i >= 0 {
		f.dir, f.base = relative[:i], relative[i+1:]
	}
	f.base, _, _ = strings.Cut(f.base, ".json")
	f.place = placeOf(f.dir)
	d.files = append(d.files, f)
}

// decode reads files: some goroutines split them into batches, others decode these.
func (d *dump) decode(files []*file) error {
	workers := runtime.GOMAXPROCS(0)
	batches := make(chan func(*worker), 2*workers)
	next := make(chan *file)
	var splitters, decoders sync.WaitGroup
	var lock sync.Mutex
	failed := map[*file]error{}
	report := func(f *file, objects int) {
		lock.Lock()
		defer lock.Unlock()
		if f != nil {
			d.seen.Files++
		}
		d.seen.Objects += objects
		d.progress(d.seen)
	}
	for range workers {
		splitters.Go(func() {
			for f := range next {
				err := f.split(func(b *batch) {
					p, count := &part{}, len(b.ends)
					f.parts = append(f.parts, p)
					batches <- func(w *worker) {
						b.run(w)
						*p = *b.out
						report(nil, count)
					}
				})
				if err != nil {
					lock.Lock()
					failed[f] = err
					lock.Unlock()
				}
				report(f, 0)
			}
		})
		decoders.Go(func() {
			w := &worker{strings: map[string]string{}, lists: map[string][]string{}}
			for run := range batches {
				run(w)
			}
		})
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	splitters.Wait()
	close(batches)
	decoders.Wait()
	var errs []error
	for _, f := range files {
		if err := failed[f]; err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// part is what some elements give: objects, and answers that complete objects found elsewhere.
type part struct {
	network.Contents
	GroupAssociations  []answer[groupAssociation]
	EIPs               []answer[elasticAddress]
	Primaries          []primaryOf
	Zones              []answer[zone]
	AWSPrefixLists     []answer[awsPrefixList]
	ManagedPrefixLists []answer[managedPrefixList]
	PrefixListEntries  []answer[prefixListEntries]
	Permissions        []answer[servicePermissions]
	BlockOptions       []answer[blockOptions]
	TransitAll         []answer[transitAttachment]
	TransitVPC         []answer[transitVPCAttachment]
	TransitPeering     []answer[transitPeeringAttachment]
	TransitStatic      []answer[transitRoutes]
	TransitRoutes      []answer[transitRoutes]
	TransitPropagated  []answer[transitPropagations]
	TransitLists       []answer[transitPrefixLists]
	BalancerAttributes []answer[balancerAttributes]
	BalancerListeners  []answer[balancerListeners]
	ListenerRules      []answer[listenerRules]
	TargetAttributes   []answer[targetAttributes]
	TargetHealth       []answer[targetHealth]
	FirewallEndpoints  []answer[endpointAssociation]
	ZoneRecords        []answer[zoneRecords]
	CacheSubnets       []answer[cacheSubnetGroup]
	CacheClusters      []answer[cacheCluster]
	DatabaseSubnets    []answer[subnetGroup]
	Databases          []answer[database]
	Tasks              []answer[task]
}

// answer is a record that is put together with others once all are read.
type answer[R any] struct {
	Record  R
	Element *element
}

// later keeps a record for [dump.assemble].
func later[R any](list func(*part) *[]answer[R]) func(*element, *R) {
	return func(e *element, r *R) {
		kept := *e
		l := list(e.out)
		*l = append(*l, answer[R]{*r, &kept})
	}
}

// open gives the record, and its element for telling further faults.
func (a *answer[R]) open(all *part) (*R, *element) {
	a.Element.out = all
	return &a.Record, a.Element
}

// join appends the lists of all parts to those of one.
func join(into reflect.Value, parts []reflect.Value) {
	for i := range into.NumField() {
		field := into.Field(i)
		of := pick(parts, func(p reflect.Value) reflect.Value { return p.Field(i) })
		switch field.Kind() {
		case reflect.Struct:
			join(field, of)
		case reflect.Slice:
			length := 0
			for _, each := range of {
				length += each.Len()
			}
			if length == 0 {
				continue
			}
			list := reflect.MakeSlice(field.Type(), 0, length)
			for _, each := range of {
				list = reflect.AppendSlice(list, each)
			}
			field.Set(list)
		case reflect.Map: // counts
			for _, each := range of {
				for _, key := range each.MapKeys() {
					if field.IsNil() {
						field.Set(reflect.MakeMap(field.Type()))
					}
					sum := each.MapIndex(key).Int()
					if old := field.MapIndex(key); old.IsValid() {
						sum += old.Int()
					}
					field.SetMapIndex(key, reflect.ValueOf(int(sum)))
				}
			}
		}
	}
}

// objects visits every object, list by list.
func objects(c *network.Contents, visit func(*network.Object)) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		list := v.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		for j := range list.Len() {
			visit(objectOf(list.Index(j)))
		}
	}
}

// objectOf is the Object in an object of the network, its first field.
func objectOf(v reflect.Value) *network.Object {
	return v.Elem().Field(0).Addr().Interface().(*network.Object)
}

// natural compares names with numbers in them: "Vpcs-2" comes before "Vpcs-10".
func natural(a, b string) int {
	one, m := pageNumber(a)
	two, n := pageNumber(b)
	return cmp.Or(cmp.Compare(one, two), cmp.Compare(m, n), cmp.Compare(a, b))
}
