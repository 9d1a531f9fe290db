using System.Text.Json.Nodes;
namespace CustomerIoDestination.Tests.Support;
public sealed class UpdateCasesOnce
{
    [Fact]
    public void Update()
    {
        string folder = Environment.GetEnvironmentVariable("WRITE_CASES") ?? "";
        if (folder.Length == 0) return;
        foreach (string name in GoldenCase.Names())
        {
            var golden = GoldenCase.Load(name);
            JsonNode actual = golden.Run();
            if (JsonNode.DeepEquals(actual, golden.Expected)) continue;
            JsonObject stripped = actual.DeepClone().AsObject();
            if (!golden.Expected.AsObject().ContainsKey("told")) stripped.Remove("told");
            if (stripped["invalid"] is JsonArray list) foreach (var p in list) p!.AsObject().Remove("message");
            JsonNode expectedStripped = golden.Expected.DeepClone();
            if (expectedStripped["invalid"] is JsonArray list2) foreach (var p in list2) p!.AsObject().Remove("message");
            if (!JsonNode.DeepEquals(stripped, expectedStripped)) { Console.WriteLine("DIFFERS " + name); continue; }
            string path = Path.Combine(folder, name + ".json");
            JsonObject file = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            JsonObject expect = file["expect"]!.AsObject();
            if (actual["told"] is { } told) expect["told"] = told.DeepClone();
            if (actual["invalid"] is { } invalid) expect["invalid"] = invalid.DeepClone();
            File.WriteAllText(path, file.ToJsonString(GoldenCase.Indented) + "\n");
        }
    }
}
