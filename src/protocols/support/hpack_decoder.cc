#include "protocols/support/hpack_decoder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <nghttp2/nghttp2.h>

#include "base/memory.h"

namespace parlance {
namespace {

constexpr size_t kTableOctets = 4096;  // SETTINGS_HEADER_TABLE_SIZE before it is changed

// nghttp2 allocates through these, so that what it holds counts as the program's memory. The size
// stands in front of each allocation.
constexpr size_t kPrefix = alignof(std::max_align_t);

void* counted_realloc(void* memory, size_t size, void*) {
  char* const old = memory == nullptr ? nullptr : static_cast<char*>(memory) - kPrefix;
  size_t before = 0;
  if (old != nullptr) std::memcpy(&before, old, sizeof before);
  char* const made = static_cast<char*>(std::realloc(old, size + kPrefix));
  if (made == nullptr) return nullptr;
  count_memory(static_cast<ptrdiff_t>(size) - static_cast<ptrdiff_t>(before));
  std::memcpy(made, &size, sizeof size);
  return made + kPrefix;
}

void* counted_malloc(size_t size, void*) {
  return counted_realloc(nullptr, size, nullptr);
}

void* counted_calloc(size_t count, size_t size, void*) {
  if (size != 0 && count > (SIZE_MAX - kPrefix) / size) return nullptr;
  void* const made = counted_malloc(count * size, nullptr);
  if (made != nullptr) std::memset(made, 0, count * size);
  return made;
}

void counted_free(void* memory, void*) {
  if (memory == nullptr) return;
  char* const old = static_cast<char*>(memory) - kPrefix;
  size_t size = 0;
  std::memcpy(&size, old, sizeof size);
  count_memory(-static_cast<ptrdiff_t>(size));
  std::free(old);
}

std::string_view text_of(const uint8_t* octets, size_t length) {
  return as_text(Bytes(octets, length));
}

}  // namespace

struct HpackDecoder::Inflater {
  nghttp2_mem memory{nullptr, counted_malloc, counted_free, counted_calloc, counted_realloc};
  nghttp2_hd_inflater* state = nullptr;

  explicit Inflater(size_t table) {
    if (nghttp2_hd_inflate_new2(&state, &memory) != 0) state = nullptr;
    if (state != nullptr) nghttp2_hd_inflate_change_table_size(state, table);
  }
  ~Inflater() {
    if (state != nullptr) nghttp2_hd_inflate_del(state);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Decodes until a field came out (`named` is then true) or the fragment is used up.
  bool step(Bytes& fragment, bool last, nghttp2_nv& field, bool& named) {
    int flags = 0;
    const auto used = nghttp2_hd_inflate_hd2(state, &field, &flags, fragment.data(),
                                             fragment.size(), last ? 1 : 0);
    if (used < 0 || static_cast<size_t>(used) > fragment.size()) return false;
    fragment = fragment.subspan(static_cast<size_t>(used));
    named = (flags & NGHTTP2_HD_INFLATE_EMIT) != 0;
    return true;
  }
};

HpackDecoder::HpackDecoder() : table_(kTableOctets) {}
HpackDecoder::~HpackDecoder() = default;
HpackDecoder::HpackDecoder(HpackDecoder&&) noexcept = default;
HpackDecoder& HpackDecoder::operator=(HpackDecoder&&) noexcept = default;

void HpackDecoder::allow_table(size_t octets) {
  if (octets <= table_) return;
  table_ = octets;
  // Refused only in the middle of a block; then the encoder's use of it will be damage, not a guess.
  if (inflater_ && inflater_->state != nullptr) {
    nghttp2_hd_inflate_change_table_size(inflater_->state, table_);
  }
}

bool HpackDecoder::decode(Bytes fragment, bool last, HttpFieldSection& section,
                          const Limits& limits) {
  if (lost_) return false;
  block_octets_ += fragment.size();
  if (!inflater_) inflater_ = std::make_unique<Inflater>(table_);
  if (inflater_->state == nullptr || block_octets_ > limits.header_block_octets) {
    lose();
    return false;
  }
  while (true) {
    nghttp2_nv field{};
    bool named = false;
    if (!inflater_->step(fragment, last, field, named)) {
      lose();
      return false;
    }
    if (named) {
      section.add(text_of(field.name, field.namelen), text_of(field.value, field.valuelen), limits);
    } else if (fragment.empty()) {
      break;
    }
  }
  if (!last) return true;
  nghttp2_hd_inflate_end_headers(inflater_->state);
  block_octets_ = 0;
  return true;
}

void HpackDecoder::lose() {
  lost_ = true;
  inflater_.reset();
}

}  // namespace parlance
