#include "protocols/support/qq_tea.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr size_t kBlock = 8, kZeros = 7;
constexpr uint32_t kDelta = 0x9e3779b9;
constexpr int kRounds = 16;

struct Block {
  uint32_t left = 0, right = 0;
};

Block operator^(Block a, Block b) {
  return {a.left ^ b.left, a.right ^ b.right};
}

Block decrypt(Block block, const std::array<uint32_t, 4>& key) {
  uint32_t sum = kDelta * kRounds;
  for (int round = 0; round < kRounds; ++round, sum -= kDelta) {
    block.right -= ((block.left << 4) + key[2]) ^ (block.left + sum) ^ ((block.left >> 5) + key[3]);
    block.left -=
        ((block.right << 4) + key[0]) ^ (block.right + sum) ^ ((block.right >> 5) + key[1]);
  }
  return block;
}

void append(std::vector<uint8_t>& out, uint32_t word) {
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<uint8_t>(word >> shift));
}

}  // namespace

std::optional<std::vector<uint8_t>> open_qq_tea(Bytes sealed, const QqTeaKey& key) {
  if (sealed.size() < 2 * kBlock || sealed.size() % kBlock != 0) return std::nullopt;
  ByteReader key_reader(key);
  std::array<uint32_t, 4> words{};
  for (uint32_t& each : words) each = key_reader.be32();

  std::vector<uint8_t> plain;
  plain.reserve(sealed.size());
  Block chain, before;  // what the cipher gave for the block before, and that block
  for (ByteReader reader(sealed); !reader.at_end();) {
    Block block;
    block.left = reader.be32();
    block.right = reader.be32();
    chain = decrypt(block ^ chain, words);
    const Block opened = chain ^ before;
    append(plain, opened.left);
    append(plain, opened.right);
    before = block;
  }
  // In front: three bits that count random octets, of which there are two more.
  const size_t padding = (plain[0] & 7U) + 3;
  if (padding + kZeros > plain.size()) return std::nullopt;
  const auto zeros = plain.end() - static_cast<ptrdiff_t>(kZeros);
  if (std::any_of(zeros, plain.end(), [](uint8_t each) { return each != 0; })) return std::nullopt;
  return std::vector<uint8_t>(plain.begin() + static_cast<ptrdiff_t>(padding), zeros);
}

}  // namespace parlance
