package porting

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestScanner has a small source for each rule of the language.
func TestScanner(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"a call", "int f(void) { SSL_free(s); }", "1 SSL_free()"},
		{"a call with blanks", "int f(void) { SSL_free /* now */ \n (s); }", "1 SSL_free()"},
		{"a mention", "int f(void) { g(SSL_free); }", "1 SSL_free"},
		{"a pointer to a function", "void (*p)(SSL *) = SSL_free;", "1 SSL, 1 SSL_free"},
		{"a prototype", "int SSL_read(SSL *s, void *p, int n);", "1 SSL_read, 1 SSL"},
		{"at file scope", "static int n = SSL_get_fd(x);", "1 SSL_get_fd()"},

		{"line comment", "// SSL_free(s)\nSSL_new;", "2 SSL_new"},
		{"continued line comment", "// SSL_free(s) \\\nSSL_read(s)\nSSL_new;", "3 SSL_new"},
		{"block comment", "/* SSL_free(s)\n * SSL_read */ SSL_new;", "2 SSL_new"},
		{"block comment that looks nested", "/* /* SSL_free */ SSL_new; /**/ SSL_read; /***/", "1 SSL_new, 1 SSL_read"},
		{"the end of a comment in two lines", "/* SSL_free *\\\n/ SSL_new;", "2 SSL_new"},
		{"a comment that does not end", "SSL_new; /* SSL_free", "1 SSL_new"},
		{"a division", "x = a / SSL_new / b;", "1 SSL_new"},
		{"a slash before a star in a string", `s = "/*"; SSL_new; t = "*/";`, "1 SSL_new"},

		{"string", `s = "SSL_free(s)"; SSL_new;`, "1 SSL_new"},
		{"string with quotes", `s = "\"SSL_free\\"; SSL_new;`, "1 SSL_new"},
		{"string that ends in a backslash", `s = "\\"; SSL_new;`, "1 SSL_new"},
		{"continued string", "s = \"SSL_free \\\nSSL_read\"; SSL_new;", "2 SSL_new"},
		{"string without an end", "s = \"SSL_free\nSSL_new;", "2 SSL_new"},
		{"prefixed strings", `s = L"SSL_free" u8"SSL_read" U"SSL_write"; SSL_new;`, "1 SSL_new"},
		{"character", `c = '"'; SSL_new; d = '"';`, "1 SSL_new"},
		{"escaped quote", `c = '\''; SSL_new;`, "1 SSL_new"},
		{"apostrophe in #error", "#error don't call SSL_free\nSSL_new;", "2 SSL_new"},
		{"apostrophe under #if 0", "#if 0\ndon't\n#endif\nSSL_new;", "4 SSL_new"},

		{"raw string", `s = R"(SSL_free " // )"; SSL_new;`, "1 SSL_new"},
		{"raw string with a delimiter", "s = R\"x(SSL_free )\" \n SSL_read)x\"; SSL_new;", "2 SSL_new"},
		{"raw string with a prefix", `s = u8R"(SSL_free)"; SSL_new;`, "1 SSL_new"},
		{"raw string without an end", "s = R\"(SSL_free;\nSSL_new;", "2 SSL_new"},
		{"not a raw string", `FOOR"SSL_free"; SSL_new;`, "1 SSL_new"},

		{"continued identifier", "SSL_\\\nnew;", "1 SSL_new"},
		{"continued identifier, CRLF", "SSL_\\\r\nnew;\r\nSSL_free;\r\n", "1 SSL_new, 3 SSL_free"},
		{"a longer identifier", "mySSL_new; SSL_newer; SSL_new2;", ""},
		{"letters that are not ASCII", "éSSL_new; SSL_newé; SSL_free;", "1 SSL_free"},
		{"a number", "x = 0x1SSL_new; y = 1'000'000; SSL_free;", "1 SSL_free"},
		{"separators and a character", "y = 1'000; SSL_free; c = 'a';", "1 SSL_free"},
		{"a number with an exponent", "x = 1e+5; SSL_free;", "1 SSL_free"},

		{"branches of #if", "#if A\nSSL_new;\n#else\nSSL_free;\n#endif", "2 SSL_new, 4 SSL_free"},
		{"a condition", "#if OPENSSL_VERSION_NUMBER >= 0x30000000L // SSL_free\n#endif\nSSL_new;", "1 OPENSSL_VERSION_NUMBER, 3 SSL_new"},
		{"a header's name", "#include <openssl/ssl.h> /* SSL_free\n SSL_read */\nSSL_new;", "3 SSL_new"},
		{"a macro", "#define FREE(s) SSL_free(s)\nSSL_new;", "1 SSL_free(), 2 SSL_new"},
		{"a macro over lines", "#define FREE(s) do { \\\n SSL_free(s); \\\n } while (0)\nSSL_new;", "2 SSL_free(), 4 SSL_new"},
		{"a macro of the program's with OpenSSL's name", "#define SSL_up_ref(s) (s)\nint f(void) { SSL_new(c); }", "2 SSL_new()"},
		{"a pragma", "#pragma weak SSL_free\nSSL_new;", "2 SSL_new"},
		{"a hash in the middle", "a # SSL_new\n", "1 SSL_new"},

		{"a byte order mark", "\xef\xbb\xbfSSL_new;", "1 SSL_new"},
		{"carriage returns", "SSL_new;\r\nSSL_free;\r\n", "1 SSL_new, 2 SSL_free"},
		{"nothing", "", ""},
		{"types need a sign of OpenSSL", "UI x; DH y; struct tm z;", ""},
		{"types beside one", "DH y; DH_free(y);", "1 DH, 1 DH_free()"},
		{"types under its header", "#include <openssl/dh.h>\nDH *y;", "2 DH"},
		{"C++", "namespace a { class B { void f() const { SSL_new(c); } int g() noexcept { return SSL_free(s), 1; } }; }", "1 SSL_new(), 1 SSL_free()"},
		{"a name that is formed like one", "int f(void) { SSL_new(c); SSL_made_up(c); }", "1 SSL_new(), 1 SSL_made_up()"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := uses(tt.src); got != tt.want {
				t.Errorf("%q\n got %s\nwant %s", tt.src, got, tt.want)
			}
		})
	}
}

// uses is "line symbol()" for each symbol of OpenSSL's in src.
func uses(src string) string {
	f := readSource("a.c", []byte(src))
	var all []string
	for _, m := range f.marks {
		if !counts(m, nil) {
			continue
		}
		call := ""
		if m.Call {
			call = "()"
		}
		all = append(all, fmt.Sprintf("%d %s%s", m.Line, m.Symbol, call))
	}
	return strings.Join(all, ", ")
}

func TestFunctions(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"plain", "int f(void)\n{\n SSL_new(c);\n}\nint g(void)\n{\n SSL_free(s);\n}\n", "SSL_new in f, SSL_free in g"},
		{"attributes", "__attribute__((noinline)) static int f(int (*cb)(int)) { SSL_new(c); }", "SSL_new in f"},
		{"branches open one brace", "int f(void)\n{\n#if A\n if (x) {\n#else\n if (y) {\n#endif\n  SSL_new(c);\n }\n}\nint g(void)\n{\n SSL_free(s);\n}\n", "SSL_new in f, SSL_free in g"},
		{"one branch closes too much", "int f(void)\n{\n#if A\n }\n#endif\n SSL_new(c);\n}\nint g(void)\n{\n SSL_free(s);\n}\n", "SSL_new in , SSL_free in g"},
		{"the same, indented", "namespace n {\n int f(void) {\n#if A\n if (x) {\n#else\n if (y) {\n#endif\n SSL_new(c);\n }\n }\n int g(void) {\n SSL_free(s);\n }\n}\n", "SSL_new in f, SSL_free in g"},
		{"one #if in another", "namespace n {\n int f(void) {\n#if A\n if (x) {\n#if B\n#endif\n#else\n if (y) {\n#endif\n SSL_new(c);\n }\n }\n int g(void) {\n SSL_free(s);\n }\n}\n", "SSL_new in f, SSL_free in g"},
		{"one branch opens too much", "int f(void)\n{\n#if A\n if (x) {\n#endif\n SSL_new(c);\n}\nint g(void)\n{\n SSL_free(s);\n}\n", "SSL_new in f, SSL_free in g"},
		{"an initialiser", "struct x y = { .f = SSL_new };\nint g(void) { SSL_free(s); }", "SSL_new in , SSL_free in g"},
		{"a constructor", "X::X(int a) : b(a), c(1) { SSL_new(c); }", "SSL_new in X"},
		{"extern C", "extern \"C\" {\nint f(void) { SSL_new(c); }\n}\n", "SSL_new in f"},
		{"loops", "int f(void) { while (SSL_new(c)) { SSL_free(s); } SSL_read(s); for (;;) { if (x) { SSL_write(s); } } do { SSL_peek(s); } while (0); SSL_clear(s); }",
			"SSL_new in f loop, SSL_free in f loop, SSL_read in f, SSL_write in f loop, SSL_peek in f loop, SSL_clear in f"},
	} {
		f := readSource("a.c", []byte(tt.src))
		var all []string
		for _, m := range f.marks {
			loop := ""
			if m.loop {
				loop = " loop"
			}
			all = append(all, m.Symbol+" in "+f.functions[m.function]+loop)
		}
		if got := strings.Join(all, ", "); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// FuzzScanner feeds anything: it must not panic, must know its lines, and must
// find nothing where all is comment or string.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{
		"int f(void) { SSL_free(s); }", "// \\\n", "/*", "R\"(", "'\\", "#define X \\\n SSL_new", "{{{}}}(", "#if\n#else\n#endif\n}", "\\", "\"\\\n", "#",
		"u8R\"x(\n)x\"", "1e+", "SSL_\\\nnew", "for(;;){}", "#include \"a\\\n\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s := readSource("a.c", src)
		lines := strings.Count(string(src), "\n")
		for _, m := range s.marks {
			if m.Line < 1 || m.Line > lines+1 {
				t.Fatalf("%s in line %d of %d", m.Symbol, m.Line, lines)
			}
			if m.function >= len(s.functions) {
				t.Fatal("a function that does not exist")
			}
		}
		_ = find([]*source{s})
		_ = answer([]*source{s})
		// The same text as a comment, and as a string, says nothing.
		hidden := strings.NewReplacer("*/", "* /", "\\", "", ")hide", "").Replace(string(src))
		if got := uses("/*" + strings.TrimSuffix(hidden, "*") + "*/"); got != "" {
			t.Fatalf("from a comment: %s", got)
		}
		if got := uses("s = R\"hide(" + hidden + ")hide\";"); got != "" {
			t.Fatalf("from a raw string: %s", got)
		}
		if line := strings.NewReplacer("\n", " ", "\r", " ", "\"", "'").Replace(hidden); utf8.ValidString(line) {
			if got := uses("s = \"" + line + "\";"); got != "" {
				t.Fatalf("from a string: %s", got)
			}
		}
	})
}
