#include "base/utf8.h"

#include <cstring>

namespace parlance {
namespace {

/// How many octets at the start of `text` are ASCII.
size_t ascii_run(Bytes text) {
  size_t at = 0;
  for (uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);  // their order does not matter
    if ((eight & 0x8080808080808080U) != 0) break;
  }
  while (at < text.size() && text[at] < 0x80) ++at;
  return at;
}

struct Sequence {
  size_t length = 0;                ///< 0 if nothing begins so
  uint8_t low = 0x80, high = 0xbf;  ///< of the second octet
};

/// RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
Sequence begun_by(uint8_t lead) {
  if (lead < 0xc2 || lead > 0xf4) return {};
  if (lead < 0xe0) return {2};
  if (lead < 0xf0) {
    return {3, static_cast<uint8_t>(lead == 0xe0 ? 0xa0 : 0x80),
            static_cast<uint8_t>(lead == 0xed ? 0x9f : 0xbf)};
  }
  return {4, static_cast<uint8_t>(lead == 0xf0 ? 0x90 : 0x80),
          static_cast<uint8_t>(lead == 0xf4 ? 0x8f : 0xbf)};
}

enum class Answer { good, bad, cut };

/// Whether such a sequence stands at the start of `text`, or the text ends inside it.
Answer check(Bytes text, const Sequence& sequence) {
  if (sequence.length == 0) return Answer::bad;
  uint8_t low = sequence.low, high = sequence.high;
  for (size_t i = 1; i < sequence.length; ++i) {
    if (i >= text.size()) return Answer::cut;
    if (text[i] < low || text[i] > high) return Answer::bad;
    low = 0x80;
    high = 0xbf;
  }
  return Answer::good;
}

}  // namespace

bool is_utf8_text(Bytes text, bool may_end_early) {
  while (!text.empty()) {
    if (text[0] < 0x80) {
      text = text.subspan(ascii_run(text));
      continue;
    }
    const Sequence sequence = begun_by(text[0]);
    const Answer answer = check(text, sequence);
    if (answer != Answer::good) return answer == Answer::cut && may_end_early;
    text = text.subspan(sequence.length);
  }
  return true;
}

}  // namespace parlance
