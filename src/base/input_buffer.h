// Bytes of a stream that a parser has been given and has not used up yet.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// Joins what is left of earlier deliveries with the next one, and keeps count of the offset.
///
///     Bytes view = input_.append(bytes);   // all that is unused, oldest first
///     ... parse from the front of view ...
///     input_.consume(used);                // the rest is kept for the next call
///
/// Nothing is copied while a parser uses up all it is given.
class InputBuffer {
 public:
  /// All unused octets, `bytes` last. The view lives until the next call of append() or consume(),
  /// or as long as `bytes` itself, whichever is shorter.
  Bytes append(Bytes bytes) {
    if (kept_.empty()) return view_ = bytes;
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    return view_ = kept_;
  }

  /// Uses up `count` octets of the last view and keeps a copy of what follows them. Call it once for
  /// each append(), even with 0.
  void consume(size_t count) {
    offset_ += count;
    const Bytes rest = view_.subspan(count);
    if (kept_.empty()) {
      kept_.assign(rest.begin(), rest.end());
    } else {
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(count));
    }
    view_ = kept_;
  }

  /// Keeps `bytes` behind what is kept already, to be read later.
  void keep(Bytes bytes) {
    append(bytes);
    consume(0);
  }
  /// What is kept, oldest first, as the view that consume() uses up. It lives until the next call of
  /// append(), keep() or consume().
  Bytes octets() const { return kept_; }

  /// Drops what is kept and counts `length` octets as passed over (a gap).
  void skip_gap(uint64_t length) {
    offset_ += kept_.size() + length;
    kept_.clear();
    view_ = {};
  }

  /// Stream offset of the first unused octet.
  uint64_t offset() const { return offset_; }
  /// Octets kept; compare with a limit before asking for more.
  size_t kept() const { return kept_.size(); }

 private:
  std::vector<uint8_t> kept_;
  Bytes view_;
  uint64_t offset_ = 0;
};

}  // namespace parlance
