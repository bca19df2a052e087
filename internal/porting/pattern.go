package porting

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Finding is a place that wants another shape in Go than the calls alone say.
type Finding struct {
	Pattern  string `json:"pattern"` // "event-loop"
	Title    string `json:"title"`
	Advice   string `json:"advice"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function,omitempty"`
	Symbol   string `json:"symbol"` // what stands there
}

// pattern is a shape of C programs, and what it becomes.
type pattern struct {
	id, title, advice string
	// find returns the marks of a file where the pattern is.
	find func(f *source, tree *tree) []mark
}

// tree is what patterns know of the other files.
type tree struct {
	has map[string]string // a symbol, and the first file that has it
}

// wanted are the names outside OpenSSL that patterns look for.
var wanted = func() map[string]bool {
	m := make(map[string]bool)
	for _, list := range []string{waiting, registration, threads, sleeping, accepting, system} {
		for name := range strings.FieldsSeq(list) {
			m[name] = true
		}
	}
	return m
}()

const (
	waiting = "epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect kevent WSAPoll WSAEventSelect io_uring_wait_cqe " +
		"event_base_dispatch event_base_loop ev_run ev_loop uv_run"
	// registration is what the users of a library for event loops call.
	registration = "event_add event_new bufferevent_openssl_socket_new bufferevent_openssl_filter_new ev_io_start ev_io_init " +
		"uv_poll_start uv_poll_init"
	threads   = "pthread_create thrd_create thread jthread async CreateThread _beginthreadex _beginthread g_thread_new"
	sleeping  = "sleep usleep nanosleep clock_nanosleep Sleep sleep_for sleep_until g_usleep"
	accepting = "accept accept4 SSL_accept"
	system    = "fork vfork daemon signal sigaction sigprocmask pthread_sigmask SIGPIPE MSG_NOSIGNAL strcmp strcasecmp"
)

// handshakes and traffic are the operations that may want to wait.
const operations = "SSL_read SSL_read_ex SSL_write SSL_write_ex SSL_accept SSL_connect SSL_do_handshake SSL_peek SSL_peek_ex SSL_shutdown"

// find applies all patterns to all files.
func find(files []*source) []Finding {
	t := &tree{make(map[string]string)}
	for _, f := range files {
		for _, m := range f.marks {
			if _, ok := t.has[m.Symbol]; !ok {
				t.has[m.Symbol] = f.path
			}
		}
	}
	var all []Finding
	for _, f := range files {
		f = f.unwrapped()
		if len(f.marks) == 0 {
			continue
		}
		for _, p := range patterns {
			for _, m := range p.find(f, t) {
				title, advice := p.title, p.advice
				switch {
				case p.id != "callback":
				case m.callback:
					title, advice = m.Symbol+" has C call the program", verifyAdvice
				default:
					title, advice = m.Symbol+" has C call the program", hookFor(m.Symbol)
				}
				all = append(all, Finding{p.id, title, advice, f.path, m.Line, f.functions[m.function], m.Symbol})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Pattern, b.Pattern))
	})
	return all
}

// unwrapped is a file without the insides of wrappers, be they macros or
// functions that are called as what they wrap is: what counts is where those
// are called.
func (f *source) unwrapped() *source {
	out := *f
	out.marks = f.marked(func(m mark) bool {
		in := f.functions[m.function]
		return !m.define && (wrapped(in) == "" || wrapped(in) != m.Symbol)
	})
	return &out
}

// set is the names of a list.
type set map[string]bool

func names(list string) set {
	s := make(set)
	for n := range strings.FieldsSeq(list) {
		s[n] = true
	}
	return s
}

// in returns the marks of a file with one of the names; calls only, if a call
// is asked for.
func (s set) in(f *source, calls bool) []mark {
	var all []mark
	for _, m := range f.marks {
		if s[m.Symbol] && (m.Call || !calls) {
			all = append(all, m)
		}
	}
	return all
}

// marked returns the marks of a file that match.
func (f *source) marked(match func(mark) bool) []mark {
	var all []mark
	for _, m := range f.marks {
		if match(m) {
			all = append(all, m)
		}
	}
	return all
}

// byFunction groups the marks of a file.
func byFunction(marks []mark) map[int][]mark {
	by := make(map[int][]mark)
	for _, m := range marks {
		by[m.function] = append(by[m.function], m)
	}
	return by
}

// functionsOf lists the functions of marks in the order of the file.
func functionsOf(by map[int][]mark) []int { return slices.Sorted(maps.Keys(by)) }

// firstOfEach is the first mark of each function.
func firstOfEach(marks []mark) []mark {
	by := byFunction(marks)
	var all []mark
	for _, f := range functionsOf(by) {
		all = append(all, by[f][0])
	}
	return all
}

// any says whether the tree has one of the names.
func (t *tree) any(s set) bool {
	for n := range s {
		if _, ok := t.has[n]; ok {
			return true
		}
	}
	return false
}
