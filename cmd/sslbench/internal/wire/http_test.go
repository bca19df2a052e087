package wire

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAnswer(t *testing.T) {
	for path, want := range map[string]int{Path: http.StatusOK, "/": http.StatusNotFound, "/65": http.StatusNotFound} {
		w := httptest.NewRecorder()
		Answer(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if w.Code != want || (want == http.StatusOK && w.Body.String() != Body) {
			t.Errorf("%s: status %d, body %q", path, w.Code, w.Body)
		}
	}
	if len(Body) != 64 {
		t.Errorf("the body has %d bytes", len(Body))
	}
}
