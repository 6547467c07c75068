#include "CDocuments.h"

// C23, which every clang that comes with Swift 6.2 or newer takes in C17 as well. An array literal in Swift would compile for seconds.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char chat_openapi[] = {
#embed "../../../docs/api/chat.openapi.yaml"
};

static const unsigned char cosmos_openapi[] = {
#embed "../../../docs/api/cosmos.openapi.yaml"
};

static const unsigned char dawchat_openapi[] = {
#embed "../../../docs/api/dawchat.openapi.yaml"
};

static const unsigned char gale_openapi[] = {
#embed "../../../docs/api/gale.openapi.yaml"
};

static const unsigned char reileta_openapi[] = {
#embed "../../../docs/api/reileta.openapi.yaml"
};

static const unsigned char icon[] = {
#embed "../../../docs/icon.png"
};

const roost_document roost_chat_openapi = {chat_openapi, sizeof chat_openapi};
const roost_document roost_cosmos_openapi = {cosmos_openapi, sizeof cosmos_openapi};
const roost_document roost_dawchat_openapi = {dawchat_openapi, sizeof dawchat_openapi};
const roost_document roost_gale_openapi = {gale_openapi, sizeof gale_openapi};
const roost_document roost_reileta_openapi = {reileta_openapi, sizeof reileta_openapi};
const roost_document roost_icon = {icon, sizeof icon};
