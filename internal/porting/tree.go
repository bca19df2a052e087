package porting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unicode/utf8"
)

// Options of a scan.
type Options struct {
	// MaxSize is the largest file that is read, in bytes; 0 is 32 MiB.
	MaxSize int64
	// Progress, if not nil, is told now and then how many files are read. It is
	// called from several goroutines.
	Progress func(files int)
}

const defaultMaxSize = 32 << 20

// Problem is what could not be read, or only with reservations.
type Problem struct {
	Path string `json:"path"`
	Text string `json:"problem"`
	Read bool   `json:"read"` // it was read all the same
}

func (p Problem) String() string { return p.Path + ": " + p.Text }

// sourceSuffixes are the files that are read in folders; a file that is named
// is read whatever its name.
var sourceSuffixes = names(".c .h .cc .hh .cpp .hpp .cxx .hxx .c++ .h++ .inl .ipp .tcc .inc .m .mm .xs .y .l .yy .ll")

func isSource(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".in") // config.h.in
	return sourceSuffixes[filepath.Ext(name)]
}

// gather walks over what is named, and sends files to be read. Links to
// folders are not followed, so that a loop of them ends nowhere.
func gather(ctx context.Context, paths []string, send func(string), report func(Problem)) {
	seen := make(map[string]bool)
	once := func(file string) {
		real, err := filepath.EvalSymlinks(file)
		if err != nil {
			report(Problem{Path: file, Text: reason(err)})
			return
		}
		if abs, err := filepath.Abs(real); err == nil {
			real = abs
		}
		if !seen[real] {
			seen[real] = true
			send(file)
		}
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case err != nil:
			report(Problem{Path: p, Text: reason(err)})
		case info.Mode().IsRegular():
			once(p)
		case info.IsDir():
			walk(ctx, p, once, report)
		default:
			report(Problem{Path: p, Text: "neither a file nor a folder"})
		}
	}
}

func walk(ctx context.Context, root string, once func(string), report func(Problem)) {
	if real, err := filepath.EvalSymlinks(root); err == nil && real != root {
		if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			root += string(filepath.Separator) // WalkDir follows no link, not even its root
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			report(Problem{Path: path, Text: reason(err)})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && path != root && (d.Name() == ".git" || d.Name() == ".hg" || d.Name() == ".svn"):
			return fs.SkipDir
		case d.IsDir() || !isSource(d.Name()):
		case d.Type().IsRegular():
			once(path)
		case d.Type()&fs.ModeSymlink != 0:
			info, err := os.Stat(path)
			if err != nil {
				report(Problem{Path: path, Text: reason(err)})
			} else if info.Mode().IsRegular() {
				once(path)
			}
		default:
			report(Problem{Path: path, Text: "not a regular file"})
		}
		return nil
	})
	if err != nil && !errors.Is(err, ctx.Err()) {
		report(Problem{Path: root, Text: reason(err)})
	}
}

// readAll reads and scans files on as many goroutines as there are processors.
func readAll(ctx context.Context, paths []string, o Options, report func(Problem)) []*source {
	if o.MaxSize <= 0 {
		o.MaxSize = defaultMaxSize
	}
	files := make(chan string)
	go func() {
		defer close(files)
		gather(ctx, paths, func(f string) { files <- f }, report)
	}()
	var (
		mu   sync.Mutex
		all  []*source
		done atomic.Int64
		wg   sync.WaitGroup
	)
	for range min(runtime.GOMAXPROCS(0), 16) {
		wg.Go(func() {
			for file := range files {
				if ctx.Err() != nil {
					continue
				}
				s, problem := readFile(file, o.MaxSize)
				if problem.Text != "" {
					report(problem)
				}
				if s != nil {
					mu.Lock()
					all = append(all, s)
					mu.Unlock()
				}
				if n := done.Add(1); o.Progress != nil && n%64 == 0 {
					o.Progress(int(n))
				}
			}
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b *source) int { return strings.Compare(a.path, b.path) })
	return all
}

// readFile scans one file. The source is nil where it cannot be one.
func readFile(path string, limit int64) (*source, Problem) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, Problem{Path: path, Text: reason(err)}
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, Problem{Path: path, Text: "not a regular file"}
	} else if info.Size() > limit {
		text := fmt.Sprintf("too large for a source: %d MB, and the limit is %d MB (--max-size)", info.Size()>>20, limit>>20)
		return nil, Problem{Path: path, Text: text}
	}
	text, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, Problem{Path: path, Text: reason(err)}
	}
	switch {
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		return nil, Problem{Path: path, Text: "UTF-16: convert it by iconv -f UTF-16 -t UTF-8"}
	case bytes.IndexByte(text, 0) >= 0:
		return nil, Problem{Path: path, Text: "a binary file"}
	case !utf8.Valid(text):
		return readSource(path, text), Problem{Path: path, Text: "not UTF-8; read byte by byte", Read: true}
	default:
		return readSource(path, text), Problem{}
	}
}

// reason is an error without the path that it repeats.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}
