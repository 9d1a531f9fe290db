namespace CustomerIoDestination.TrackApi;

/// <summary>Failures to get an answer at all, as bounded codes. Exception messages stay out: they name hosts, some name URLs.</summary>
internal static class TransportFailure
{
    /// <summary>Whether the exception means that no usable answer came, or none within the attempt's deadline.</summary>
    public static bool Is(Exception exception) => exception is HttpRequestException or IOException or OperationCanceledException;

    /// <summary>The code, for instance <c>timeout</c>.</summary>
    public static string Code(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_resolution",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "connection",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "proxy",
        _ => "broken_off",
    };
}
