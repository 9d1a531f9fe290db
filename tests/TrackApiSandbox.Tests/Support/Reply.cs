using System.Net;
using System.Text.Json.Nodes;

namespace TrackApiSandbox.Tests.Support;

/// <summary>An answer of the sandbox, read whole.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body, HttpResponseMessage Message)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The error text of the v1 form <c>meta.error</c>, or null.</summary>
    public string? MetaError => (string?)Json["meta"]?["error"];

    /// <summary>The error texts of the v1 form <c>meta.errors</c>.</summary>
    public string[] MetaErrors => [.. Json["meta"]!["errors"]!.AsArray().Select(text => (string)text!)];

    public void ShouldBeAccepted()
    {
        Status.ShouldBe(HttpStatusCode.OK, Body);
        Body.ShouldBe("{}\n");
    }

    /// <summary>That the whole v2 answer is this list.</summary>
    public void ShouldHaveErrors(HttpStatusCode status, string errors)
    {
        Status.ShouldBe(status, Body);
        JsonNode.DeepEquals(Json["errors"], JsonNode.Parse(errors)).ShouldBeTrue(Body);
    }
}
