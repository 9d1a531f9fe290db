using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Snapshots;

/// <summary>The JSON of the sandbox's own routes.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SandboxState))]
[JsonSerializable(typeof(SandboxStats))]
[JsonSerializable(typeof(RequestPage))]
internal sealed partial class SandboxJson : JsonSerializerContext;
