#include "protocols/support/qpack_reader.h"

#include <utility>

#include "base/byte_reader.h"
#include "base/memory.h"

#if PARLANCE_HAS_NGHTTP3
#include <nghttp3/nghttp3.h>
#endif

namespace parlance {

#if PARLANCE_HAS_NGHTTP3

namespace {

constexpr uint64_t kTableAtMost = 256 * kKibi;   // no browser or server is known to allow more than 64
constexpr size_t kEarlyAtMost = 16 * kKibi;      // of the encoder stream
constexpr size_t kBlockedAtMost = 100;           // streams; enough for the decoder not to care …
constexpr size_t kStreamsAtMost = 1000;          // … and these as well
constexpr size_t kContextOctets = 4 * kKibi;     // of a decoder with an empty table, about

/// Makes and frees with the functions of the library.
struct StreamContext {
  explicit StreamContext(uint64_t stream) {
    nghttp3_qpack_stream_context_new(&context, static_cast<int64_t>(stream), nghttp3_mem_default());
  }
  ~StreamContext() {
    if (context != nullptr) nghttp3_qpack_stream_context_del(context);
  }
  StreamContext(const StreamContext&) = delete;
  StreamContext& operator=(const StreamContext&) = delete;
  nghttp3_qpack_stream_context* context = nullptr;
};

std::string_view text_of(nghttp3_rcbuf* buffer) {
  const nghttp3_vec view = nghttp3_rcbuf_get_buf(buffer);
  return as_text(Bytes(view.base, view.len));
}

}  // namespace

struct QpackReader::Decoder {
  explicit Decoder(uint64_t table) : charge(kContextOctets + static_cast<size_t>(table)) {
    nghttp3_qpack_decoder_new(&decoder, static_cast<size_t>(table), kBlockedAtMost,
                              nghttp3_mem_default());
    if (decoder != nullptr) nghttp3_qpack_decoder_set_max_concurrent_streams(decoder, kStreamsAtMost);
  }
  ~Decoder() {
    if (decoder != nullptr) nghttp3_qpack_decoder_del(decoder);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// The decoder makes ready what it would answer on its decoder stream. Nobody sends that.
  void forget_answers() {
    std::vector<uint8_t> answers(nghttp3_qpack_decoder_get_decoder_streamlen(decoder));
    if (answers.empty()) return;
    uint8_t* const begin = answers.data();
    nghttp3_buf buffer{begin, begin + answers.size(), begin, begin};
    nghttp3_qpack_decoder_write_decoder(decoder, &buffer);
  }

  nghttp3_qpack_decoder* decoder = nullptr;
  MemoryCharge charge;
};

QpackReader::QpackReader() = default;
QpackReader::~QpackReader() = default;
QpackReader::QpackReader(QpackReader&&) noexcept = default;
QpackReader& QpackReader::operator=(QpackReader&&) noexcept = default;

bool QpackReader::available() {
  return true;
}

void QpackReader::allow_table(uint64_t octets) {
  if (table_known_) return;
  table_known_ = true;
  const std::vector<uint8_t> early = std::exchange(early_, {});
  // The number of entries is part of how sections are written: a smaller table cannot stand in.
  if (octets > kTableAtMost) return lose_encoder();
  decoder_ = std::make_unique<Decoder>(octets);
  if (!early.empty()) read_encoder(early);
}

void QpackReader::read_encoder(Bytes octets) {
  if (encoder_lost_) return;
  if (!table_known_) {
    if (early_.size() + octets.size() > kEarlyAtMost) return lose_encoder();
    early_.insert(early_.end(), octets.begin(), octets.end());
    return;
  }
  if (decoder_->decoder == nullptr ||
      nghttp3_qpack_decoder_read_encoder(decoder_->decoder, octets.data(), octets.size()) !=
          static_cast<nghttp3_ssize>(octets.size())) {
    return lose_encoder();
  }
  decoder_->forget_answers();
}

QpackReader::Answer QpackReader::read(uint64_t stream, Bytes section, HttpFieldSection& into,
                                      const Limits& limits) {
  if (section.empty()) return Answer::damaged;
  // RFC 9204 section 4.5.1: the first number is 0 where the dynamic table is not used.
  const bool uses_table = ByteReader(section).u8() != 0;
  if (uses_table && encoder_lost_) return Answer::damaged;
  if (uses_table && !table_known_) return Answer::blocked;
  if (!decoder_) decoder_ = std::make_unique<Decoder>(0);
  StreamContext context(stream);
  if (decoder_->decoder == nullptr || context.context == nullptr) return Answer::damaged;
  for (;;) {
    nghttp3_qpack_nv field;
    uint8_t flags = 0;
    const nghttp3_ssize used =
        nghttp3_qpack_decoder_read_request(decoder_->decoder, context.context, &field, &flags,
                                           section.data(), section.size(), 1);
    if (used < 0) {
      decoder_.reset();  // it cannot be used again, and its table is gone
      lose_encoder();
      return Answer::damaged;
    }
    section = section.subspan(static_cast<size_t>(used));
    if ((flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT) != 0) {
      into.add(text_of(field.name), text_of(field.value), limits);
      nghttp3_rcbuf_decref(field.name);
      nghttp3_rcbuf_decref(field.value);
    } else if ((flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED) != 0) {
      return Answer::blocked;
    } else if ((flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL) != 0) {
      decoder_->forget_answers();
      return Answer::whole;
    } else if (used == 0) {
      return Answer::damaged;
    }
  }
}

std::string qpack_library_version() {
  return nghttp3_version(0)->version_str;
}

#else

struct QpackReader::Decoder {};

QpackReader::QpackReader() = default;
QpackReader::~QpackReader() = default;
QpackReader::QpackReader(QpackReader&&) noexcept = default;
QpackReader& QpackReader::operator=(QpackReader&&) noexcept = default;

bool QpackReader::available() {
  return false;
}
void QpackReader::allow_table(uint64_t) {}
void QpackReader::read_encoder(Bytes) {}
QpackReader::Answer QpackReader::read(uint64_t, Bytes, HttpFieldSection&, const Limits&) {
  return Answer::damaged;
}
std::string qpack_library_version() {
  return {};
}

#endif

}  // namespace parlance
