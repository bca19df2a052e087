package porting

// Threads: OpenSSL locks for itself since 1.1, and Go has locks of its own.
var rulesThreads = []rule{
	gone("CRYPTO_set_locking_callback CRYPTO_get_locking_callback CRYPTO_set_id_callback CRYPTO_get_id_callback CRYPTO_num_locks "+
		"CRYPTO_LOCK CRYPTO_UNLOCK CRYPTO_READ CRYPTO_WRITE CRYPTO_set_dynlock_* CRYPTO_get_dynlock_* CRYPTO_destroy_dynlockid "+
		"CRYPTO_get_new_dynlockid CRYPTO_set_add_lock_callback CRYPTO_get_add_lock_callback CRYPTO_THREADID_* CRYPTO_THREADID "+
		"CRYPTO_thread_id CRYPTO_get_lock_name CRYPTO_lock CRYPTO_dynlock_value CRYPTO_dynlock CRYPTO_LOCK_* CRYPTO_w_lock "+
		"CRYPTO_w_unlock CRYPTO_r_lock CRYPTO_r_unlock",
		"OpenSSL locks for itself since 1.1; the array of mutexes goes too"),
	std("CRYPTO_add CRYPTO_add_lock", "sync/atomic", `count := counter.Add(1)`,
		"on the references of an OpenSSL object it was the up_ref of OpenSSL 1.0: UpRef gives another handle"),
	gone("OPENSSL_thread_stop OPENSSL_thread_stop_ex ERR_remove_state ERR_remove_thread_state",
		"goroutines own no state of OpenSSL's: each call brings its errors back with it"),
	std("CRYPTO_THREAD_lock_new CRYPTO_THREAD_lock_free", "sync", `var lock sync.RWMutex`,
		"the zero value is ready, and nothing frees it"),
	std("CRYPTO_THREAD_read_lock", "sync", `rwMutex.RLock()`, ""),
	std("CRYPTO_THREAD_write_lock", "sync", `rwMutex.Lock()`, ""),
	std("CRYPTO_THREAD_unlock", "sync", `rwMutex.Unlock()`, "RUnlock after RLock"),
	std("CRYPTO_THREAD_run_once CRYPTO_ONCE CRYPTO_ONCE_STATIC_INIT", "sync", `once.Do(func() { n = 1 })`, ""),
	std("CRYPTO_THREAD_*", "sync", `rwMutex.Lock()`, "thread-local data becomes a field of what the goroutine works on"),
	std("CRYPTO_atomic_*", "sync/atomic", `counter.Add(1)`, "a variable of type atomic.Int64"),
	del("ASYNC_*",
		"a goroutine that waits holds no thread: asynchronous jobs are not needed; an engine or provider may use them inside libcrypto"),
	del("SSL_set_async_callback* SSL_CTX_set_async_callback* OSSL_ASYNC_FD OSSL_BAD_ASYNC_FD",
		"asynchronous jobs belong to the thread that began them; a goroutine that waits needs none"),
}

// Memory: C's is not the program's business any more.
var rulesMemory = []rule{
	gone("OPENSSL_malloc OPENSSL_zalloc OPENSSL_realloc OPENSSL_clear_realloc OPENSSL_free OPENSSL_clear_free OPENSSL_malloc_init "+
		"OPENSSL_secure_* OPENSSL_memdup OPENSSL_strdup OPENSSL_strndup CRYPTO_malloc CRYPTO_zalloc CRYPTO_realloc CRYPTO_free "+
		"CRYPTO_clear_* CRYPTO_memdup CRYPTO_strdup CRYPTO_strndup CRYPTO_secure_*",
		"Go's garbage collector frees what the program makes"),
	gone("CRYPTO_set_mem_functions CRYPTO_get_mem_functions CRYPTO_mem_ctrl CRYPTO_mem_debug_* CRYPTO_mem_leaks* CRYPTO_set_mem_debug "+
		"CRYPTO_malloc_init CRYPTO_malloc_debug_init CRYPTO_get_alloc_counts CRYPTO_set_mem_ex_functions "+
		"CRYPTO_set_locked_mem_functions OPENSSL_mem_debug_* CRYPTO_malloc_fn CRYPTO_realloc_fn CRYPTO_free_fn CRYPTO_MEM_CHECK_*",
		"libcrypto keeps its own allocator; ossl.Live counts what the program has not closed"),
	std("OPENSSL_cleanse", "", `clear(secret)`, "keep secrets short-lived: the collector may have copied what a slice grew from"),
	std("CRYPTO_memcmp OPENSSL_memcmp", "crypto/subtle", `same := subtle.ConstantTimeCompare(a1, a2) == 1`,
		"hmac.Equal is the same for MACs"),
	std("OPENSSL_strlcpy OPENSSL_strlcat OPENSSL_strnlen OPENSSL_strcasecmp OPENSSL_strncasecmp OPENSSL_strtoul", "strings",
		`same := strings.EqualFold(name, text)`, "strings know their length"),
	std("OPENSSL_buf2hexstr OPENSSL_buf2hexstr_ex", "encoding/hex", `text = hex.EncodeToString(data)`,
		"C's has a colon between the bytes"),
	std("OPENSSL_hexstr2buf OPENSSL_hexstr2buf_ex OPENSSL_hexchar2int", "encoding/hex", `data, err = hex.DecodeString(text)`,
		"colons must be taken out first"),
	std("OPENSSL_gmtime OPENSSL_gmtime_adj OPENSSL_gmtime_diff", "time", `later := t.UTC().AddDate(0, 0, n)`, ""),
	std("OPENSSL_isservice OPENSSL_issetugid", "os", `privileged := os.Geteuid() != os.Getuid()`, ""),
	gone("OPENSSL_die OPENSSL_assert OPENSSL_showfatal", "return an error"),
	std("OPENSSL_LH_* lh_* LHASH_OF OPENSSL_LHASH DEFINE_LHASH_OF*", "", `table := map[string]int{name: n}`, ""),
	std("BUF_MEM_* BUF_MEM BUF_*", "bytes", `buf.Grow(n)`, "a bytes.Buffer"),
	use("CRYPTO_new_ex_data CRYPTO_free_ex_data CRYPTO_get_ex_data CRYPTO_set_ex_data CRYPTO_get_ex_new_index CRYPTO_free_ex_index "+
		"CRYPTO_dup_ex_data CRYPTO_alloc_ex_data CRYPTO_EX_DATA CRYPTO_EX_* CRYPTO_EX_INDEX_*",
		"bridge.Stream.SetContext bridge.Stream.Context", `stream.SetContext(anyValue)`,
		"a Go struct that holds the object does it; on a Loop the handler is that struct"),
}
