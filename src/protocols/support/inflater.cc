#include "protocols/support/inflater.h"

#include <algorithm>
#include <array>
#include <limits>

#include <zlib.h>

#include "base/memory.h"

namespace parlance {
namespace {

constexpr size_t kZlibOctets = 44 * 1024;  // its window and tables (zlib.h says so)

// windowBits of inflateInit2(): the sign and the added 16 choose the wrapping. The largest window
// reads streams made with any smaller one.
int window_bits(Inflater::Format format) {
  switch (format) {
    case Inflater::Format::raw:
      return -MAX_WBITS;
    case Inflater::Format::gzip:
      return MAX_WBITS + 16;
    case Inflater::Format::zlib:
      break;
  }
  return MAX_WBITS;
}

}  // namespace

struct Inflater::State {
  z_stream stream{};
  bool usable = false;
  bool at_end = false;
  MemoryCharge charge{kZlibOctets};
  uint64_t taken = 0, made = 0;  // octets, of all pieces
  ~State() { inflateEnd(&stream); }
};

Inflater::Inflater(Format format) : state_(std::make_unique<State>()) {
  state_->usable = inflateInit2(&state_->stream, window_bits(format)) == Z_OK;
}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

Inflater::Answer Inflater::inflate(Bytes piece, std::vector<uint8_t>& out, size_t limit) {
  if (!state_->usable) return Answer::damaged;
  z_stream& stream = state_->stream;
  std::array<uint8_t, 4096> buffer;
  // zlib counts in 32 bits and takes a pointer to non-const, which it does not write through.
  const Bytes input = first_of(piece, std::numeric_limits<uInt>::max());
  stream.next_in = const_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  state_->taken += input.size();
  const uint64_t most = kInflatedFreely + kInflatedPerOctet * state_->taken;
  const uint64_t left = most - std::min(most, state_->made);
  limit = static_cast<size_t>(std::min<uint64_t>(limit, out.size() + left));
  for (;;) {
    stream.next_out = buffer.data();
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int result = ::inflate(&stream, Z_SYNC_FLUSH);
    const size_t made = buffer.size() - stream.avail_out;
    const size_t room = limit > out.size() ? limit - out.size() : 0;
    state_->made += std::min(made, room);
    out.insert(out.end(), buffer.begin(),
               buffer.begin() + static_cast<ptrdiff_t>(std::min(made, room)));
    state_->at_end = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return Answer::damaged;
    if (made > room) return Answer::too_big;
    if (state_->at_end || stream.avail_out != 0) return Answer::ok;
  }
}

void Inflater::reset() {
  if (state_->usable) state_->usable = inflateReset(&state_->stream) == Z_OK;
  state_->at_end = false;
}

bool Inflater::at_end() const {
  return state_->at_end;
}

}  // namespace parlance
