// Capture files made octet by octet.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/bytes.h"

namespace parlance::capture {

enum class Order { little, big };

/// A row of octets that grows at its end.
class Octets {
 public:
  explicit Octets(Order order = Order::little) : order_(order) {}

  Octets& u16(uint32_t value) { return number(value, 2); }
  Octets& u32(uint64_t value) { return number(value, 4); }
  Octets& text(std::string_view value) {
    octets_.append(value);
    return *this;
  }
  Octets& zeros(size_t count) {
    octets_.append(count, '\0');
    return *this;
  }
  const std::string& all() const { return octets_; }

 private:
  Octets& number(uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (order_ == Order::little ? i : size - 1 - i);
      octets_.push_back(static_cast<char>(value >> shift & 0xff));
    }
    return *this;
  }

  Order order_;
  std::string octets_;
};

inline std::string pcap_header(Order order = Order::little, uint32_t magic = 0xa1b2c3d4,
                               uint32_t link_type = 1, uint32_t minor = 4) {
  return Octets(order)
      .u32(magic)
      .u16(2)  // major version
      .u16(minor)
      .zeros(8)     // time zone, accuracy
      .u32(262144)  // snaplen
      .u32(link_type)
      .all();
}

inline std::string pcap_record(std::string_view octets, Order order = Order::little,
                               uint32_t seconds = 1, uint32_t fraction = 2) {
  return Octets(order)
      .u32(seconds)
      .u32(fraction)
      .u32(octets.size())       // captured
      .u32(octets.size() + 10)  // on the wire
      .text(octets)
      .all();
}

inline std::string pcapng_block(uint32_t type, std::string body, Order order = Order::little) {
  body.append((4 - body.size() % 4) % 4, '\0');
  const uint64_t length = body.size() + 12;
  return Octets(order).u32(type).u32(length).text(body).u32(length).all();
}

inline std::string pcapng_option(uint32_t code, std::string value, Order order = Order::little) {
  const auto length = static_cast<uint32_t>(value.size());
  value.append((4 - value.size() % 4) % 4, '\0');
  return Octets(order).u16(code).u16(length).text(value).all();
}

inline std::string pcapng_section(Order order = Order::little, const std::string& options = {}) {
  return pcapng_block(0x0a0d0d0a,
                      Octets(order)
                          .u32(0x1a2b3c4d)
                          .u16(1)           // major version
                          .u16(0)           // minor version
                          .u32(0xffffffff)  // length of the section: not known
                          .u32(0xffffffff)
                          .text(options)
                          .all(),
                      order);
}

inline std::string pcapng_interface(uint32_t link_type, Order order = Order::little,
                                    const std::string& options = {}, uint32_t snaplen = 0) {
  return pcapng_block(1, Octets(order).u16(link_type).u16(0).u32(snaplen).text(options).all(),
                      order);
}

inline std::string pcapng_packet(uint32_t interface, uint64_t ticks, std::string_view octets,
                                 Order order = Order::little, uint64_t original_length = 0) {
  if (original_length == 0) original_length = octets.size() + 10;
  return pcapng_block(6,
                      Octets(order)
                          .u32(interface)
                          .u32(ticks >> 32)
                          .u32(ticks & 0xffffffff)
                          .u32(octets.size())
                          .u32(original_length)
                          .text(octets)
                          .all(),
                      order);
}

/// A file that is gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "parlance-XXXXXX").string();
    const int descriptor = mkstemp(name.data());
    if (descriptor >= 0) close(descriptor);
    path_ = name;
    append(content);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void append(std::string_view content) {
    std::ofstream file(path_, std::ios::binary | std::ios::app);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace parlance::capture
