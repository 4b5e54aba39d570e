#include "protocols/support/zstd_stream.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "base/limits.h"

namespace parlance::test {
namespace {

/// Each text as one piece of a stream, flushed behind it.
std::vector<std::string> pieces_of(const std::vector<std::string>& texts) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  std::vector<std::string> pieces;
  for (const std::string& text : texts) {
    std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
    ZSTD_inBuffer input{text.data(), text.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_flush);
    pieces.push_back(out.substr(0, output.pos));
  }
  return pieces;
}

TEST(ZstdStream, pieces_refer_to_earlier_ones) {
  const std::vector<std::string> texts = {"Wherefore art thou?", "Wherefore art thou? Wherefore?"};
  ZstdStream stream;
  for (size_t i = 0; i < texts.size(); ++i) {
    std::vector<uint8_t> out;
    EXPECT_TRUE(stream.decompress(as_bytes(pieces_of(texts)[i]), out, kMebi));
    EXPECT_EQ(as_text(out), texts[i]);
  }
}

TEST(ZstdStream, what_comes_out_is_bounded) {
  const std::vector<std::string> pieces =
      pieces_of(std::vector<std::string>(3, std::string(100 * kKibi, 'a')));
  ZstdStream stream;
  std::vector<uint8_t> out;
  EXPECT_TRUE(stream.decompress(as_bytes(pieces[0]), out, kMebi));
  EXPECT_TRUE(stream.decompress(as_bytes(pieces[1]), out, kMebi));
  EXPECT_FALSE(stream.decompress(as_bytes(pieces[2]), out, kMebi));
  EXPECT_LE(out.size(), 256 * kKibi);
  EXPECT_FALSE(stream.decompress(as_bytes(pieces[2]), out, kMebi));
  ZstdStream small;
  out.clear();
  EXPECT_FALSE(small.decompress(as_bytes(pieces[0]), out, 10));
  EXPECT_EQ(out.size(), 10U);
}

TEST(ZstdStream, other_octets_are_refused) {
  ZstdStream stream;
  std::vector<uint8_t> out;
  EXPECT_FALSE(stream.decompress(as_bytes("no stream"), out, kMebi));
  EXPECT_TRUE(out.empty());
}

}  // namespace
}  // namespace parlance::test
