#include "protocols/support/eax.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

struct Vector {
  const char *plain, *key, *nonce, *header, *sealed;
};
// From the paper's appendix; each sealed text ends in its tag.
const Vector kVectors[] = {
    {"", "233952DEE4D5ED5F9B9C6D6FF80FF478", "62EC67F9C3A4A407FCB2A8C49031A8B3", "6BFB914FD07EAE6B",
     "E037830E8389F27B025A2D6527E79D01"},
    {"F7FB", "91945D3F4DCBEE0BF45EF52255F095A4", "BECAF043B0A23D843194BA972C66DEBD",
     "FA3BFD4806EB53FA", "19DD5C4C9331049D0BDAB0277408F67967E5"},
    {"8B0A79306C9CE7ED99DAE4F87F8DD61636", "7C77D6E813BED5AC98BAA417477A2E7D",
     "1A8C98DCD73D38393B2BF1569DEEFC19", "65D2017990D62528",
     "02083E3979DA014812F59F11D52630DA30137327D10649B0AA6E1C181DB617D7F2"},
};

TEST(Eax, opens_what_the_paper_sealed) {
  for (const Vector& each : kVectors) {
    const std::string key = hex(each.key), nonce = hex(each.nonce), header = hex(each.header);
    std::string sealed = hex(each.sealed);
    const std::string tag = sealed.substr(sealed.size() - kEaxTagOctets);
    sealed.resize(sealed.size() - kEaxTagOctets);
    for (const size_t part : {size_t{8}, kEaxTagOctets}) {
      const auto plain = open_eax(as_bytes(key), as_bytes(nonce), as_bytes(header),
                                  as_bytes(sealed), as_bytes(tag).first(part));
      ASSERT_TRUE(plain);
      EXPECT_EQ(as_text(*plain), hex(each.plain));
    }
    std::string other = header;
    other[0] ^= 1;
    EXPECT_FALSE(
        open_eax(as_bytes(key), as_bytes(nonce), as_bytes(other), as_bytes(sealed), as_bytes(tag)));
  }
}

}  // namespace
}  // namespace parlance::test
