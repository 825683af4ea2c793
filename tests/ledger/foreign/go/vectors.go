package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// One vector: whether tlog accepts these very inputs. The shapes follow transparency-dev/merkle's public test data.
type inclusion struct {
	Desc  string   `json:"desc"`
	Index int64    `json:"index"`
	Size  int64    `json:"size"`
	Leaf  string   `json:"leaf_hash"`
	Root  string   `json:"root"`
	Path  []string `json:"path"`
	Holds bool     `json:"holds"`
}

type consistency struct {
	Desc    string   `json:"desc"`
	OldSize int64    `json:"old_size"`
	NewSize int64    `json:"new_size"`
	OldRoot string   `json:"old_root"`
	NewRoot string   `json:"new_root"`
	Path    []string `json:"path"`
	Holds   bool     `json:"holds"`
}

type root struct {
	Size int64  `json:"size"`
	Root string `json:"root"`
}

const (
	allUpTo   = 12 // every index and every older size
	someUpTo  = 40
	largeSize = 65537
)

var large = []int64{255, 256, 257, 1000, 65535, 65536, 65537}

// leaf is record i of the tree that all vectors are of: the first is empty.
func leaf(i int64) []byte {
	if i == 0 {
		return nil
	}
	return []byte(strconv.FormatInt(i, 10))
}

// stored is a tlog.HashReader in memory.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		found = append(found, s[index])
	}
	return found, nil
}

func vectors(folder string) error {
	var hashes stored
	for i := int64(0); i < largeSize; i++ {
		more, err := tlog.StoredHashes(i, leaf(i), hashes)
		if err != nil {
			return err
		}
		hashes = append(hashes, more...)
	}
	var roots, records, trees []interface{}
	for _, size := range sizes() {
		roots = append(roots, root{size, text(rootOf(size, hashes))})
		if size == 0 {
			continue
		}
		for _, index := range indexes(size) {
			p, err := tlog.ProveRecord(size, index, hashes)
			if err != nil {
				return err
			}
			records = append(records, inclusions(index, size, rootOf(size, hashes), p)...)
		}
		for _, index := range indexes(size) {
			p, err := tlog.ProveTree(size, index+1, hashes)
			if err != nil {
				return err
			}
			trees = append(trees, consistencies(index+1, size, rootOf(index+1, hashes), rootOf(size, hashes), p)...)
		}
	}
	records = append(records, emptyTree()...)
	trees = append(trees, fromNothing(hashes)...)
	for name, list := range map[string][]interface{}{"roots": roots, "inclusion": records, "consistency": trees} {
		if err := write(filepath.Join(folder, name+".json"), list); err != nil {
			return err
		}
	}
	return nil
}

func sizes() (all []int64) {
	for size := int64(0); size <= someUpTo; size++ {
		all = append(all, size)
	}
	return append(all, large...)
}

func indexes(size int64) (some []int64) {
	for index := int64(0); index < size; index++ {
		if size <= allUpTo || index == 0 || index == size/2 || index == size-2 || index == size-1 {
			some = append(some, index)
		}
	}
	return some
}

// rootOf follows RFC 6962 section 2.1 also for no leaves, for which tlog has no hash.
func rootOf(size int64, hashes stored) tlog.Hash {
	if size == 0 {
		return sha256.Sum256(nil)
	}
	found, err := tlog.TreeHash(size, hashes)
	if err != nil {
		panic(err)
	}
	return found
}

func inclusions(index, size int64, root tlog.Hash, p tlog.RecordProof) (all []interface{}) {
	own := tlog.RecordHash(leaf(index))
	add := func(desc string, index, size int64, own, root tlog.Hash, p []tlog.Hash) {
		holds := tlog.CheckRecord(p, size, root, index, own) == nil
		all = append(all, inclusion{desc, index, size, text(own), text(root), texts(p), holds})
	}
	add("as proved", index, size, own, root, p)
	if !spoiled(index, size) {
		return all
	}
	add("leaf changed", index, size, flip(own), root, p)
	add("root changed", index, size, own, flip(root), p)
	add("root of no leaves", index, size, own, sha256.Sum256(nil), p)
	add("leaf in place of the root", index, size, own, own, p)
	for _, other := range []int64{index - 1, index + 1, index ^ 2, size, -1, index + size} {
		add("wrong index", other, size, own, root, p)
	}
	for _, other := range []int64{size - 1, size + 1, 2 * size, 0, -1} {
		add("wrong size", index, other, own, root, p)
	}
	for _, each := range broken(p, own, root) {
		add(each.desc, index, size, own, root, each.path)
	}
	return all
}

func consistencies(older, newer int64, oldRoot, newRoot tlog.Hash, p tlog.TreeProof) (all []interface{}) {
	add := func(desc string, older, newer int64, oldRoot, newRoot tlog.Hash, p []tlog.Hash) {
		holds := tlog.CheckTree(p, newer, newRoot, older, oldRoot) == nil
		all = append(all, consistency{desc, older, newer, text(oldRoot), text(newRoot), texts(p), holds})
	}
	add("as proved", older, newer, oldRoot, newRoot, p)
	if !spoiled(older-1, newer) {
		return all
	}
	add("older root changed", older, newer, flip(oldRoot), newRoot, p)
	add("newer root changed", older, newer, oldRoot, flip(newRoot), p)
	add("roots swapped", older, newer, newRoot, oldRoot, p)
	add("sizes swapped", newer, older, oldRoot, newRoot, p)
	for _, other := range []int64{older - 1, older + 1, 2 * older, 0, -1} {
		add("wrong older size", other, newer, oldRoot, newRoot, p)
	}
	for _, other := range []int64{newer - 1, newer + 1, 2 * newer, 0, -1} {
		add("wrong newer size", older, other, oldRoot, newRoot, p)
	}
	for _, each := range broken(p, oldRoot, newRoot) {
		add(each.desc, older, newer, oldRoot, newRoot, each.path)
	}
	return all
}

// spoiled chooses the proofs that wrong ones are made of.
func spoiled(index, size int64) bool {
	small := size <= 5 || size == 8 || size == 13 || size == someUpTo
	return (small || size == 257) && (size <= 5 || index == 0 || index == size/2 || index == size-1)
}

type spoilt struct {
	desc string
	path []tlog.Hash
}

func broken(p []tlog.Hash, others ...tlog.Hash) (all []spoilt) {
	keep := func(desc string, parts ...[]tlog.Hash) {
		path := []tlog.Hash{}
		for _, part := range parts {
			path = append(path, part...)
		}
		all = append(all, spoilt{desc, path})
	}
	for i := range p {
		keep(fmt.Sprintf("bit of hash %d flipped", i), p[:i], []tlog.Hash{flip(p[i])}, p[i+1:])
		keep(fmt.Sprintf("without hash %d", i), p[:i], p[i+1:])
		keep(fmt.Sprintf("hash %d twice", i), p[:i+1], p[i:])
		if i > 0 {
			keep(fmt.Sprintf("hash %d and the one before swapped", i), p[:i-1], []tlog.Hash{p[i], p[i-1]}, p[i+1:])
		}
	}
	for i, other := range append(others, tlog.Hash{}, sha256.Sum256(nil)) {
		keep(fmt.Sprintf("other hash %d before", i), []tlog.Hash{other}, p)
		keep(fmt.Sprintf("other hash %d after", i), p, []tlog.Hash{other})
	}
	keep("nothing")
	return all
}

// emptyTree has no leaf, so no proof of one, whatever the root.
func emptyTree() (all []interface{}) {
	nothing, empty := tlog.Hash(sha256.Sum256(nil)), tlog.RecordHash(nil)
	for _, root := range []tlog.Hash{nothing, empty, {}} {
		for _, own := range []tlog.Hash{nothing, empty, {}} {
			for _, p := range [][]tlog.Hash{{}, {nothing}, {empty}} {
				for _, index := range []int64{-1, 0, 1} {
					holds := tlog.CheckRecord(p, 0, root, index, own) == nil
					all = append(all, inclusion{"tree of no leaves", index, 0, text(own), text(root), texts(p), holds})
				}
			}
		}
	}
	return all
}

// fromNothing: the empty tree says nothing of what came after.
func fromNothing(hashes stored) (all []interface{}) {
	for _, size := range []int64{0, 1, 2, 3, 8} {
		newRoot := rootOf(size, hashes)
		for _, oldRoot := range []tlog.Hash{rootOf(0, hashes), newRoot, {}} {
			for _, p := range [][]tlog.Hash{{}, {newRoot}, {oldRoot}, {oldRoot, newRoot}} {
				holds := tlog.CheckTree(p, size, newRoot, 0, oldRoot) == nil
				all = append(all, consistency{"from no leaves", 0, size, text(oldRoot), text(newRoot), texts(p), holds})
			}
		}
	}
	return all
}

func flip(h tlog.Hash) tlog.Hash {
	h[7] ^= 0x10
	return h
}

func text(h tlog.Hash) string { return fmt.Sprintf("%x", h[:]) }

func texts(p []tlog.Hash) []string {
	all := []string{}
	for _, each := range p {
		all = append(all, text(each))
	}
	return all
}

// write puts one vector on each line, so that a change is seen as one.
func write(path string, list []interface{}) error {
	var out bytes.Buffer
	for i, each := range list {
		line, err := json.Marshal(each)
		if err != nil {
			return err
		}
		out.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
		out.Write(line)
	}
	out.WriteString("\n]\n")
	return os.WriteFile(path, out.Bytes(), 0o644)
}
