// Preloaded into a program that uses OpenSSL: has OpenSSL write its TLS keys to $SSLKEYLOGFILE.
// gcc -shared -fPIC -O2 -o sslkeylog.so sslkeylog.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef void (*KeyCallback)(const SSL*, const char*);

static void write_key(const SSL* ssl, const char* line) {
  (void)ssl;
  const char* name = getenv("SSLKEYLOGFILE");
  if (!name) return;
  const int file = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0) return;
  dprintf(file, "%s\n", line);
  close(file);
}

// A program may have loaded libssl privately (Lua modules do), where RTLD_NEXT does not see it.
static void* find(const char* symbol) {
  void* found = dlsym(RTLD_NEXT, symbol);
  if (found) return found;
  void* library = dlopen("libssl.so.3", RTLD_NOW);
  return library ? dlsym(library, symbol) : NULL;
}

static SSL_CTX* watched(SSL_CTX* context) {
  void (*set)(SSL_CTX*, KeyCallback) = (void (*)(SSL_CTX*, KeyCallback))find("SSL_CTX_set_keylog_callback");
  if (context && set) set(context, write_key);
  return context;
}

SSL_CTX* SSL_CTX_new(const void* method) {
  SSL_CTX* (*real)(const void*) = (SSL_CTX * (*)(const void*)) find("SSL_CTX_new");
  return watched(real(method));
}

SSL_CTX* SSL_CTX_new_ex(void* library, const char* properties, const void* method) {
  SSL_CTX* (*real)(void*, const char*, const void*) =
      (SSL_CTX * (*)(void*, const char*, const void*)) find("SSL_CTX_new_ex");
  return watched(real(library, properties, method));
}

SSL* SSL_new(SSL_CTX* context) {
  SSL* (*real)(SSL_CTX*) = (SSL * (*)(SSL_CTX*)) find("SSL_new");
  return real(watched(context));
}
