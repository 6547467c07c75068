#pragma once
#include <curl/curl.h>

// Swift cannot call functions with a variable number of arguments: one plain function for each type of value.

static inline CURLcode roost_curl_set_long(CURL *handle, CURLoption option, long value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode roost_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode roost_curl_set_text(CURL *handle, CURLoption option, const char *value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode roost_curl_set_pointer(CURL *handle, CURLoption option, void *value) { return curl_easy_setopt(handle, option, value); }
static inline CURLcode roost_curl_get_long(CURL *handle, CURLINFO info, long *value) { return curl_easy_getinfo(handle, info, value); }
static inline CURLcode roost_curl_get_text(CURL *handle, CURLINFO info, char **value) { return curl_easy_getinfo(handle, info, value); }
static inline CURLcode roost_curl_set_receiver(CURL *handle, CURLoption option, size_t (*receive)(char *, size_t, size_t, void *)) { return curl_easy_setopt(handle, option, receive); }
static inline CURLcode roost_curl_set_seek(CURL *handle, int (*seek)(void *, curl_off_t, int)) { return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek); }
static inline CURLcode roost_curl_set_check(CURL *handle, int (*check)(void *, char *, char *, int, int)) { return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, check); }
