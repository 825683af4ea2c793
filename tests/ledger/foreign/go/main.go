// Checks a Ringfence ledger with golang.org/x/mod/sumdb/{note,tlog}, which nobody of Ringfence wrote.
//
//	verifier check     < job.json > verdicts.json
//	verifier vectors FOLDER
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A job: what to check with the public line Key. Source is a folder or an URL prefix that tiles and checkpoint stand
// below; bytes are Base64 in JSON.
type job struct {
	Key        string
	Source     string
	Records    []record
	Trees      []tree
	Proofs     []proof
	Extensions []extension
}

type record struct {
	Index int64
	Leaf  []byte
}

type tree struct {
	Size int64
	Root []byte
}

type proof struct {
	record
	Path [][]byte
	Note []byte
}

type extension struct {
	Old  tree
	Path [][]byte
	Note []byte
}

// Verdicts: "" where it holds, else why not. Records and Trees are proved here from the tiles, and then checked.
type verdicts struct {
	Checkpoint string
	Size       int64
	Records    []string
	Trees      []string
	Proofs     []string
	Extensions []string
}

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "check":
		err = check()
	case len(os.Args) == 3 && os.Args[1] == "vectors":
		err = vectors(os.Args[2])
	default:
		err = errors.New("usage: verifier check | verifier vectors FOLDER")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func check() error {
	var todo job
	if err := json.NewDecoder(os.Stdin).Decode(&todo); err != nil {
		return err
	}
	var done verdicts
	if todo.Source != "" {
		done.fromTiles(todo)
	}
	for _, p := range todo.Proofs {
		done.Proofs = append(done.Proofs, say(checkProof(todo.Key, p)))
	}
	for _, e := range todo.Extensions {
		done.Extensions = append(done.Extensions, say(checkExtension(todo.Key, e)))
	}
	return json.NewEncoder(os.Stdout).Encode(done)
}

func (done *verdicts) fromTiles(todo job) {
	source := tiles(todo.Source)
	text, err := source.read("checkpoint")
	if err != nil {
		done.Checkpoint = err.Error()
		return
	}
	head, err := open(todo.Key, text)
	if err != nil {
		done.Checkpoint = err.Error()
		return
	}
	done.Size = head.N
	hashes := tlog.TileHashReader(head, source)
	for _, r := range todo.Records {
		found, err := tlog.ProveRecord(head.N, r.Index, hashes)
		if err == nil {
			err = tlog.CheckRecord(found, head.N, head.Hash, r.Index, tlog.RecordHash(r.Leaf))
		}
		done.Records = append(done.Records, say(err))
	}
	for _, t := range todo.Trees {
		found, err := tlog.ProveTree(head.N, t.Size, hashes)
		if err == nil {
			err = tlog.CheckTree(found, head.N, head.Hash, t.Size, hash(t.Root))
		}
		done.Trees = append(done.Trees, say(err))
	}
}

func checkProof(key string, p proof) error {
	head, err := open(key, p.Note)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path(p.Path), head.N, head.Hash, p.Index, tlog.RecordHash(p.Leaf))
}

func checkExtension(key string, e extension) error {
	head, err := open(key, e.Note)
	if err != nil {
		return err
	}
	return tlog.CheckTree(path(e.Path), head.N, head.Hash, e.Old.Size, hash(e.Old.Root))
}

// open reads a checkpoint (https://c2sp.org/tlog-checkpoint) out of a note that the key signed.
func open(key string, text []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// tiles is a tlog.TileReader over https://c2sp.org/tlog-tiles, whose paths leave out the height, which is 8.
type tiles string

func (tiles) Height() int { return 8 }

func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (source tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		data, err := source.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (source tiles) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(source), "http://") {
		return os.ReadFile(filepath.Join(string(source), path))
	}
	reply, err := http.Get(string(source) + "/" + path)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, reply.Status)
	}
	return io.ReadAll(reply.Body)
}

func hash(raw []byte) (h tlog.Hash) {
	copy(h[:], raw)
	return h
}

func path(raw [][]byte) (hashes []tlog.Hash) {
	for _, each := range raw {
		hashes = append(hashes, hash(each))
	}
	return hashes
}

func say(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
