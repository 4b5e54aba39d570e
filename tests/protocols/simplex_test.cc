#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

constexpr size_t kBlock = 16384;
std::string block(const std::string& content) {
  const std::string octets = std::string{'\0', static_cast<char>(content.size())} + content;
  return octets + std::string(kBlock - octets.size(), '#');
}
// Versions 6 to 14 and the id of a TLS session; version 14 and the hash of the server's key.
const std::string kServer = block(hex("0006 000e 20") + std::string(32, 'i') + "key");
const std::string kClient = block(hex("000e 20") + std::string(32, 'h') + "T");

TEST(Simplex, blocks_padded_to_their_end_are_proof) {
  const std::vector<Said> talk = {server(kServer), client(kClient), server("anything")};
  EXPECT_EQ(run_parser("simplex", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("simplex", {server(kServer)})->best(), Strength::strong);
  const auto pieces = run_parser("simplex", talk, 5);
  EXPECT_EQ(pieces->best(), Strength::proof);
  EXPECT_EQ(run_parser("simplex", {server(kServer.substr(0, kBlock - 1))})->best(), Strength::none);
}

TEST(Simplex, other_octets_in_the_padding_are_refuted) {
  for (const size_t at : {size_t{50}, kBlock - 1}) {
    std::string changed = kServer;
    changed[at] = 'x';
    EXPECT_FALSE(run_parser("simplex", {server(changed)})->refuted.empty());
  }
  EXPECT_FALSE(
      run_parser("simplex", {server(hex("0006 000e 0006 21") + "no versions")})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
