using System.Text;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.TrackApi;

/// <summary>The HTTP methods of the Track API.</summary>
public enum TrackApiMethod
{
    /// <summary>GET.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,
}

/// <summary>One call to the Track API as a value: what will be sent, nothing more. The path holds an identifier: never log it.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path from the root, percent-encoded, for instance <c>/api/v1/customers/u%40x/events</c>.</param>
/// <param name="Route">The path's template, safe for logs and metrics, for instance <c>/api/v1/customers/{identifier}/events</c>.</param>
/// <param name="Body">The JSON body (UTF-8); empty for none. Lives as long as the mapping scope it was written in.</param>
public sealed record TrackApiRequest(TrackApiMethod Method, string Path, string Route, ReadOnlyMemory<byte> Body)
{
    /// <summary>Equal when method, path and body are, byte for byte.</summary>
    public bool Equals(TrackApiRequest? other) =>
        other is not null && Method == other.Method && Path == other.Path && Body.Span.SequenceEqual(other.Body.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, Path, Body.Length);

    /// <summary>The template only: identifiers and bodies stay out of logs.</summary>
    public override string ToString() => $"{Method.ToString().ToUpperInvariant()} {Route} ({Body.Length} bytes)";

    /// <summary>The body as text, for previews and tests.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);
}

/// <summary>A request as it is to be made: where to, whose permit it takes, how patiently. What comes of it is the answer.</summary>
/// <param name="Request">What is sent; its memory lives until the answer is there.</param>
/// <param name="Root">The base URL.</param>
/// <param name="Authorization">The value of the header; a secret.</param>
/// <param name="Lane">Whose permit it takes.</param>
/// <param name="Stopping">Ends waits for a permit and quick retries. A request on the wire is finished all the same: whether it was taken must be known.</param>
internal sealed record TrackApiCall(TrackApiRequest Request, Uri Root, string Authorization, Lane Lane, CancellationToken Stopping)
{
    /// <summary>The most bytes of the answer's body that are read.</summary>
    public int MaxAnswerBytes { get; init; } = 64 * 1024;

    /// <summary>Whether quick retries are made.</summary>
    public bool MayRepeat { get; init; } = true;

    /// <summary>Asked once there is a permit, before each call: whether it is still to be made. Null for yes.</summary>
    public Func<ValueTask<bool>>? MayGo { get; init; }

    /// <summary>Whether the answer is a region's.</summary>
    public bool IsPing => Request.Path == RegionAnswer.Path;

    /// <summary>The template only: identifiers and credentials stay out of logs.</summary>
    public override string ToString() => Request.ToString();
}

/// <summary>A request was not to be made any more when it got its permit. Nothing was sent.</summary>
internal sealed class WithdrawnException() : InvalidOperationException("The request is not to be made any more.");
