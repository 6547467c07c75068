#pragma once
// Documents that the server hands out. docs/ holds their only copy: the compiler puts them into the executable.

#include <stddef.h>

/// The bytes of a document; they live as long as the process.
typedef struct {
    const unsigned char *_Nonnull bytes;
    size_t count;
} roost_document;

/// docs/api/chat.openapi.yaml
extern const roost_document roost_chat_openapi;
/// docs/api/cosmos.openapi.yaml
extern const roost_document roost_cosmos_openapi;
/// docs/api/dawchat.openapi.yaml
extern const roost_document roost_dawchat_openapi;
/// docs/api/gale.openapi.yaml
extern const roost_document roost_gale_openapi;
/// docs/api/reileta.openapi.yaml
extern const roost_document roost_reileta_openapi;
/// docs/icon.png
extern const roost_document roost_icon;
