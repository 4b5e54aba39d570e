#include "protocols/support/http_body.h"

#include <algorithm>

#include "base/hex_digit.h"
#include "base/text.h"
#include "protocols/support/inflater.h"

namespace parlance {
namespace {

constexpr uint32_t kChunkDigits = 15;               // 2^60 octets
constexpr size_t kExtraOctets = size_t{64} * 1024;  // extensions and trailers of one body

std::vector<uint8_t> inflate_head(Bytes kept, Inflater::Format format, size_t limit) {
  std::vector<uint8_t> out;
  Inflater(format).inflate(kept, out, limit);
  return out;
}

}  // namespace

void HttpBody::start(Framing framing, uint64_t length, size_t keep) {
  left_ = length;
  digits_ = 0;
  line_octets_ = extra_octets_ = 0;
  keep_ = keep;
  wanted_ = keep > 0;
  kept_.clear();
  switch (framing) {
    case Framing::none:
      state_ = State::done;
      break;
    case Framing::length:
      state_ = length == 0 ? State::done : State::length;
      break;
    case Framing::chunked:
      state_ = State::chunk_size;
      left_ = 0;
      break;
    case Framing::until_close:
      state_ = State::until_close;
      break;
  }
}

size_t HttpBody::read(Bytes octets) {
  size_t used = 0;
  while (used < octets.size()) {
    const Bytes rest = octets.subspan(used);
    switch (state_) {
      case State::done:
      case State::damaged:
        return used;
      case State::length:
        used += read_data(rest, State::done);
        break;
      case State::chunk_data:
        used += read_data(rest, State::chunk_end);
        break;
      case State::until_close:
        left_ = rest.size();
        used += read_data(rest, State::until_close);
        break;
      default:
        read_chunk_octet(rest.front());
        ++used;
    }
  }
  return used;
}

size_t HttpBody::read_data(Bytes octets, State next) {
  const Bytes data = first_of(octets, static_cast<size_t>(std::min<uint64_t>(left_, SIZE_MAX)));
  if (wanted_ && kept_.size() < keep_) {
    const Bytes part = first_of(data, keep_ - kept_.size());
    kept_.insert(kept_.end(), part.begin(), part.end());
  }
  left_ -= data.size();
  if (left_ == 0) state_ = next;
  return data.size();
}

// RFC 9112 section 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
void HttpBody::read_chunk_octet(uint8_t octet) {
  if (++extra_octets_ > kExtraOctets) {
    state_ = State::damaged;
    return;
  }
  switch (state_) {
    case State::chunk_size:
      read_size_octet(octet);
      break;
    case State::chunk_extension:
      if (octet == '\n') end_size_line();
      break;
    case State::chunk_end:
      if (octet == '\n') {
        state_ = State::chunk_size;
        digits_ = 0;
      } else if (octet != '\r') {
        state_ = State::damaged;
      }
      break;
    default:  // trailer: lines until an empty one
      if (octet != '\n') {
        if (octet != '\r') ++line_octets_;
      } else if (line_octets_ == 0) {
        state_ = State::done;
      } else {
        line_octets_ = 0;
      }
  }
}

void HttpBody::read_size_octet(uint8_t octet) {
  const int digit = hex_value(static_cast<char>(octet));
  const bool has_digits = digits_ > 0;
  if (digit >= 0 && digits_ < kChunkDigits) {
    left_ = left_ << 4 | static_cast<uint64_t>(digit);
    ++digits_;
  } else if (octet == '\n' && has_digits) {
    end_size_line();
  } else if ((octet == ';' || octet == ' ' || octet == '\t') && has_digits) {
    state_ = State::chunk_extension;
  } else if (octet != '\r' || !has_digits) {
    state_ = State::damaged;
  }
}

void HttpBody::end_size_line() {
  // The lines between chunks are the body's overhead, not an endless header: count from here.
  extra_octets_ = 0;
  line_octets_ = 0;
  state_ = left_ == 0 ? State::trailer : State::chunk_data;
}

bool HttpBody::skip(uint64_t length) {
  if (length == 0) return false;
  if (state_ == State::until_close) {
    unwant();
    return true;
  }
  if ((state_ != State::length && state_ != State::chunk_data) || length > left_) return false;
  unwant();
  left_ -= length;
  if (left_ == 0) state_ = state_ == State::length ? State::done : State::chunk_end;
  return true;
}

HttpCoding http_coding_of(std::string_view value) {
  const std::string_view name = trim(value);
  if (name.empty() || equals_ignoring_case(name, "identity")) return HttpCoding::identity;
  if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) {
    return HttpCoding::gzip;
  }
  if (equals_ignoring_case(name, "deflate")) return HttpCoding::deflate;
  return HttpCoding::unknown;
}

std::vector<uint8_t> decode_content(Bytes kept, HttpCoding coding, size_t limit) {
  switch (coding) {
    case HttpCoding::identity: {
      const Bytes head = first_of(kept, limit);
      return {head.begin(), head.end()};
    }
    case HttpCoding::gzip:
      return inflate_head(kept, Inflater::Format::gzip, limit);
    case HttpCoding::deflate: {
      // RFC 9110 section 8.4.1.2: zlib, but some senders leave the wrapping out.
      std::vector<uint8_t> out = inflate_head(kept, Inflater::Format::zlib, limit);
      return out.empty() ? inflate_head(kept, Inflater::Format::raw, limit) : out;
    }
    case HttpCoding::unknown:
      break;
  }
  return {};
}

}  // namespace parlance
