namespace CustomerIoDestination.HttpApi.Page;

/// <summary>A file of the page.</summary>
internal sealed record PageFile(string Name, string ContentType, ReadOnlyMemory<byte> Bytes);
