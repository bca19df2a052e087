package bridge

// timers is a heap of deadlines, one entry for each owner that has any. An
// owner whose deadline moves later stays where it is and is asked again when
// its old time comes: activity on a connection then costs no work here, and
// no goroutine or system call ever.
type timers struct{ heap []*timer }

// timer is embedded in what has a deadline. It belongs to the loop.
type timer struct {
	owner timed
	when  int64 // loop time in nanoseconds
	index int32 // position in the heap plus 1; 0 is not in it
}

// timed is asked for its deadline when it may have come.
type timed interface {
	// deadline is the time of the next deadline, 0 for none.
	deadline() int64
	// expired acts on a deadline that has passed.
	expired(now int64)
	timerNode() *timer
}

// update makes sure that o is asked no later than at its deadline.
func (t *timers) update(o timed) {
	n := o.timerNode()
	when := o.deadline()
	switch {
	case when == 0 || n.index != 0 && n.when <= when:
		return
	case n.index == 0:
		n.owner, n.when = o, when
		t.heap = append(t.heap, n)
		n.index = int32(len(t.heap))
	default:
		n.when = when
	}
	t.up(int(n.index) - 1)
}

// remove takes o out for good.
func (t *timers) remove(o timed) {
	n := o.timerNode()
	if n.index == 0 {
		return
	}
	i, last := int(n.index)-1, len(t.heap)-1
	t.swap(i, last)
	t.heap[last] = nil
	t.heap = t.heap[:last]
	n.index, n.owner = 0, nil
	if i < last {
		t.down(i)
		t.up(i)
	}
}

// next is when run must be called again, 0 for never.
func (t *timers) next() int64 {
	if len(t.heap) == 0 {
		return 0
	}
	return t.heap[0].when
}

// run lets those whose time has come act, or puts them back at their new time.
func (t *timers) run(now int64) {
	for len(t.heap) > 0 && t.heap[0].when <= now {
		n := t.heap[0]
		o := n.owner
		when := o.deadline()
		if when > now {
			n.when = when
			t.down(0)
			continue
		}
		t.remove(o)
		if when != 0 {
			o.expired(now)
			t.update(o)
		}
	}
}

func (t *timers) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if t.heap[parent].when <= t.heap[i].when {
			return
		}
		t.swap(i, parent)
		i = parent
	}
}

func (t *timers) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.heap); child++ {
			if t.heap[child].when < t.heap[least].when {
				least = child
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}

func (t *timers) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.heap[i].index, t.heap[j].index = int32(i)+1, int32(j)+1
}
