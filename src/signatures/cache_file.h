// Files in the user's cache: only our own are read, and they are replaced as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parlance {

/// Has the kernel provide the memory's pages now, all together: one by one, when each is first
/// written, they cost several times as much. Where the kernel cannot, they come as ever.
void provide_pages(void* memory, size_t octets);

/// Names what is added to it, in 128 bits. Made for speed and against chance, not against forgers:
/// who can write signatures or the cache needs no collision.
class Fingerprint {
 public:
  /// Texts are told apart however they are cut: each counts with its length.
  Fingerprint& add(std::string_view text);
  Fingerprint& add(uint64_t number);
  /// 32 hexadecimal digits.
  std::string text() const;

 private:
  uint64_t high_ = 0xcbf29ce484222325, low_ = 0x9ae16a3b2f90404f;
};

/// Which file: `folder`/`key``extension`. The key says what is in it, the magic how it is written.
struct CacheFile {
  std::string folder;
  std::string key;
  std::string_view extension;
  std::string_view magic;

  std::string path() const;
};

/// Knows whether octets were mapped (then how many) or read.
struct OctetsDeleter {
  size_t mapped = 0;
  void operator()(const uint8_t* octets) const;
};
using Octets = std::unique_ptr<const uint8_t[], OctetsDeleter>;

/// What was found in a cache file.
class CachedOctets {
 public:
  CachedOctets() = default;
  /// Nothing if there is no such file, if it is damaged, not ours, or if others may write it. Lives
  /// as long as this.
  Bytes content() const { return content_; }

 private:
  friend CachedOctets read_cache(const CacheFile& file);
  Octets octets_;
  Bytes content_;
};

CachedOctets read_cache(const CacheFile& file);

/// Eight octets, big-endian, as ByteReader::be64() reads them.
std::string be64(uint64_t value);

/// Writes the file, and drops the oldest ones of its kind. Whatever fails is no error: the next
/// start does the work again.
void write_cache(const CacheFile& file, std::string_view content);

}  // namespace parlance
