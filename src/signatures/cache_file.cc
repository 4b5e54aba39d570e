#include "signatures/cache_file.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/byte_reader.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostOctets = size_t{256} * 1024 * 1024;
constexpr size_t kMostFiles = 8;  // of one kind: each change of the signatures leaves a file behind

constexpr uint64_t kOdd = 0x9e3779b97f4a7c15, kOtherOdd = 0xc2b2ae3d27d4eb4f;

uint64_t mixed(uint64_t sum, uint64_t value, uint64_t odd) {
  sum = (sum ^ value) * odd;
  return sum ^ sum >> 32;
}

/// Octets as numbers, in the machine's order: caches do not travel.
uint64_t word_at(std::string_view text, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}
/// The last octets of a text, fewer than eight.
uint64_t rest_at(std::string_view text, size_t at) {
  uint64_t word = 0;
  std::memcpy(&word, text.data() + at, text.size() - at);
  return word;
}

/// Tells damage from what was written. Databases are large, so four sums run side by side;
/// Hyperscan's own checksum passes over the end of a database.
uint64_t checksum(std::string_view text) {
  constexpr size_t kWord = sizeof(uint64_t), kRow = 4 * kWord;
  std::array<uint64_t, 4> sums = {text.size(), 1, 2, 3};
  size_t at = 0;
  for (; text.size() - at >= kRow; at += kRow) {
    for (size_t i = 0; i < 4; ++i) sums[i] = mixed(sums[i], word_at(text, at + i * kWord), kOdd);
  }
  for (; text.size() - at >= kWord; at += kWord) sums[0] = mixed(sums[0], word_at(text, at), kOdd);
  sums[0] = mixed(sums[0], rest_at(text, at), kOdd);
  for (size_t i = 1; i < 4; ++i) sums[0] = mixed(sums[0], sums[i], kOdd);
  return sums[0];
}

/// Whether a file is one that only we write: Hyperscan runs what is in it.
bool is_own(const struct stat& status) {
  return S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
         static_cast<uint64_t>(status.st_size) <= kMostOctets;
}

/// The octets of a file: mapped, which spares a copy and the pages for it, if all of them can be
/// had now (a page that could not be read later would end the program); else read; null if neither
/// can be. Nobody changes a file of the cache: it is replaced.
Octets octets_of(int file, size_t size) {
#ifdef MADV_POPULATE_READ
  if (void* map = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0); map != MAP_FAILED) {
    Octets mapped(static_cast<const uint8_t*>(map), {size});
    if (madvise(map, size, MADV_POPULATE_READ) == 0) return mapped;
  }
#endif
  std::unique_ptr<uint8_t[]> room(new uint8_t[size]);  // left as it is: make_unique would fill it
  if (read(file, room.get(), size) != static_cast<ssize_t>(size)) return {};
  return Octets(room.release());
}

/// The octets of a file, and how many; none if it is not our own or cannot be read.
std::pair<Octets, size_t> octets_of_own(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {};
  Octets octets;
  struct stat status {};
  const bool own = fstat(file, &status) == 0 && is_own(status);
  const size_t size = own ? static_cast<size_t>(status.st_size) : 0;
  if (size > 0) octets = octets_of(file, size);
  close(file);
  return {std::move(octets), size};
}

void drop_oldest(const CacheFile& kind) {
  using Aged = std::pair<fs::file_time_type, fs::path>;
  std::vector<Aged> files;
  std::error_code error;
  for (fs::directory_iterator each(kind.folder, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code gone;
    const auto time = each->last_write_time(gone);
    if (!gone && each->path().extension() == kind.extension) files.emplace_back(time, each->path());
  }
  std::sort(files.begin(), files.end(), std::greater<>());
  for (size_t i = kMostFiles; i < files.size(); ++i) fs::remove(files[i].second, error);
}

}  // namespace

std::string be64(uint64_t value) {
  std::string octets;
  for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(value >> shift);
  return octets;
}

Fingerprint& Fingerprint::add(std::string_view text) {
  size_t at = 0;
  for (; text.size() - at >= sizeof(uint64_t); at += sizeof(uint64_t)) add(word_at(text, at));
  return add(rest_at(text, at)).add(text.size());
}

Fingerprint& Fingerprint::add(uint64_t number) {
  high_ = mixed(high_, number, kOdd);
  low_ = mixed(low_ + number, high_, kOtherOdd);
  return *this;
}

void OctetsDeleter::operator()(const uint8_t* octets) const {
  if (mapped == 0) {
    delete[] octets;
  } else {
    munmap(const_cast<uint8_t*>(octets), mapped);
  }
}

void provide_pages(void* memory, size_t octets) {
#ifdef MADV_POPULATE_WRITE
  constexpr uintptr_t kPage = 4096;
  const auto begin = (reinterpret_cast<uintptr_t>(memory) + kPage - 1) / kPage * kPage;
  const auto end = (reinterpret_cast<uintptr_t>(memory) + octets) / kPage * kPage;
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
#else
  static_cast<void>(memory), static_cast<void>(octets);
#endif
}

std::string Fingerprint::text() const {
  return fmt::format("{:016x}{:016x}", high_, low_);
}

std::string CacheFile::path() const {
  return folder + "/" + key + std::string(extension);
}

CachedOctets read_cache(const CacheFile& file) {
  CachedOctets found;
  auto [octets, size] = octets_of_own(file.path());
  if (!octets) return found;
  ByteReader reader(Bytes(octets.get(), size));
  if (as_text(reader.bytes(file.magic.size())) != file.magic) return found;
  if (as_text(reader.bytes(file.key.size())) != file.key) return found;
  const uint64_t sum = reader.be64();
  if (!reader.ok() || sum != checksum(as_text(reader.rest()))) return found;
  found.content_ = reader.rest();
  found.octets_ = std::move(octets);
  return found;
}

/// Written beside its place and renamed, so that a reader never sees half of it.
void write_cache(const CacheFile& file, std::string_view content) {
  std::string all(file.magic);
  all += file.key;
  all += be64(checksum(content));
  all += content;
  std::error_code error;
  if (fs::create_directories(file.folder, error)) {
    fs::permissions(file.folder, fs::perms::owner_all, error);
  }
  const std::string path = file.path();
  std::string temporary = path + ".XXXXXX";  // mkstemp() makes files that only the owner may use
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0) return;
  const bool written =
      write(descriptor, all.data(), all.size()) == static_cast<ssize_t>(all.size());
  if (close(descriptor) != 0 || !written || rename(temporary.c_str(), path.c_str()) != 0) {
    unlink(temporary.c_str());
  }
  drop_oldest(file);
}

}  // namespace parlance
