#include <cstdio>
int main() { std::puts("parlance"); }
