namespace ServiceBusDouble.Wire;

/// <summary>What a link's address names: a queue, its dead-letter sub-queue, or the management node of either.</summary>
/// <param name="Queue">The queue's path.</param>
/// <param name="IsDeadLetters">The dead-letter sub-queue is meant.</param>
internal readonly record struct EntityAddress(string Queue, bool IsDeadLetters)
{
    public const string TokenNode = "$cbs";

    private const string Management = "/$management";
    private const string DeadLetters = "/$deadletterqueue";

    /// <summary>The path of an address, which may come as a path with or without a leading slash, or as a whole URI.</summary>
    public static string PathOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is not "file"
            ? Uri.UnescapeDataString(uri.AbsolutePath).Trim('/')
            : address.Trim('/');

    public static EntityAddress Of(string path) =>
        path.EndsWith(DeadLetters, StringComparison.OrdinalIgnoreCase) ? new(path[..^DeadLetters.Length], IsDeadLetters: true) : new(path, IsDeadLetters: false);

    /// <summary>The path of the management node.</summary>
    public string ManagementPath => $"{this}{Management}";

    public override string ToString() => IsDeadLetters ? Queue + DeadLetters : Queue;
}
