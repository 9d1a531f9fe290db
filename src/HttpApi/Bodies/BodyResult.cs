using CustomerIoDestination.HttpApi.Answers;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>A request's body, or why there is none.</summary>
/// <param name="Bytes">The body, after gunzip. Nobody else holds this memory, so that the queue may keep it as long as it needs.</param>
/// <param name="Refusal">Why it was not read; null when it was.</param>
internal readonly record struct BodyResult(ReadOnlyMemory<byte> Bytes, ApiError? Refusal)
{
    public static BodyResult Refused(ApiError refusal) => new(default, refusal);
}
