/// The Cosmos API (contracts/cosmos.md).
public enum CosmosDialect {}
