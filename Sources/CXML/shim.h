#include <libxml/xmlversion.h>
// Debian's libxml2 pulls in the system's ICU headers, which clash with the ICU that Foundation brings. Only the end of
// xmlCharEncodingHandler depends on them, which no code here touches.
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/dict.h>
#include <string.h>

/// Length of a text that ends with a zero byte.
static inline long cxml_length(const xmlChar *text) { return (long)strlen((const char *)text); }
