#include "protocols/support/zstd_stream.h"

#include <algorithm>
#include <array>

#include <zstd.h>

#include "base/limits.h"

namespace parlance {
namespace {

constexpr int kWindowLog = 21;  // 2 MiB: what level 3, the usual one, asks for
// Of the window no more is touched than comes out; with tables and a block that is about so much.
constexpr size_t kOutputAtMost = 256 * kKibi, kContextOctets = kOutputAtMost + 256 * kKibi;

ZSTD_DCtx* context_of(void* context) {
  return static_cast<ZSTD_DCtx*>(context);
}

}  // namespace

void ZstdStream::Deleter::operator()(void* context) const {
  ZSTD_freeDCtx(context_of(context));
}

ZstdStream::ZstdStream() : context_(ZSTD_createDCtx()), charge_(kContextOctets) {
  if (context_ == nullptr) return;
  ZSTD_DCtx_setParameter(context_of(context_.get()), ZSTD_d_windowLogMax, kWindowLog);
}

bool ZstdStream::decompress(Bytes piece, std::vector<uint8_t>& out, size_t limit) {
  if (context_ == nullptr) return false;
  std::array<uint8_t, 4096> buffer;
  ZSTD_inBuffer input{piece.data(), piece.size(), 0};
  for (;;) {
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(context_of(context_.get()), &output, &input)) != 0) {
      context_.reset();
      return false;
    }
    const size_t room =
        std::min(limit > out.size() ? limit - out.size() : 0, kOutputAtMost - made_);
    const size_t made = std::min(output.pos, room);
    out.insert(out.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(made));
    made_ += made;
    if (output.pos > room) {  // what does not fit is lost, and with it the history
      context_.reset();
      return false;
    }
    if (input.pos == input.size && output.pos < output.size) return true;
  }
}

}  // namespace parlance
