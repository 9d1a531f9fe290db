using System.Text.Json;
using CsCheck;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class RulesNeverThrowTests
{
    // Names and values are few, so that rules and events meet.
    private static readonly Gen<string> Name = OneOf("a", "b", "email", "url", "name", "$ip", "items", "x.y", "");
    private static readonly Gen<string> Scalar = OneOf(
        "null", "true", "1", "-0.50", "1e400", "\"\"", "\"12\"", "\"TRUE\"", "\"a@b.co\"", "\"https://a.example/?q=1#x?y\"", "\"\\ud800\"", "\"\\u0061\\n\"");

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, self) => depth > 4
        ? Scalar
        : Gen.Frequency(
            (3, Scalar),
            (1, self.Array[0, 4].Select(elements => $"[{string.Join(',', elements)}]")),
            (2, Gen.Select(Name, self).Array[0, 5].Select(Object))));

    private static readonly Gen<string> Path = OneOf("a", "b", "email", "url", "name", "a.b", "a.b.a", "items[*].a", "items[*].b", "a[*].b", "x\\\\.y", "b.email");

    private static readonly Gen<string> When = OneOf(
        "",
        ", \"when\": {\"property\": \"a\", \"exists\": true}",
        ", \"when\": {\"property\": \"items[*].a\", \"matches\": \"^.*1\"}",
        ", \"when\": {\"not\": {\"property\": \"b\", \"in\": [1, \"12\"], \"atMost\": 5}}");

    private static readonly Gen<string> Operation = Gen.OneOf(
        OneOf("uppercase", "lowercase", "trim", "deleteProperty", "stripQuery").Select(Path, (operation, path) => $"\"operation\": \"{operation}\", \"property\": \"{path}\""),
        Gen.Select(OneOf("renameProperty", "copyProperty"), Path, Path).Select((operation, from, to) => $"\"operation\": \"{operation}\", \"property\": \"{from}\", \"to\": \"{to}\""),
        Gen.Select(Path, Path).Select((path, part) => $"\"operation\": \"template\", \"property\": \"{path}\", \"template\": \"<{{{part}}}>\""),
        Gen.Select(Path, OneOf("text", "number", "boolean")).Select((path, type) => $"\"operation\": \"changePropertyType\", \"property\": \"{path}\", \"type\": \"{type}\""),
        Gen.Select(Path, OneOf("1", "{\"b\": [1]}", "null")).Select((path, value) => $"\"operation\": \"sendConstantProperty\", \"property\": \"{path}\", \"value\": {value}"),
        Path.Select(path => $"\"operation\": \"hashProperty\", \"property\": \"{path}\""),
        Gen.Const("\"operation\": \"sendBuiltInProperty\", \"property\": \"$ip\""));

    private static readonly Gen<string> Transformation =
        Gen.Select(Operation, OneOf("\"all\"", "\"events\"", "\"users\"", "[\"$page\", \"E*\"]"), When)
            .Select((operation, on, when) => $"{{{operation}, \"on\": {on}{when}}}");

    private static readonly Gen<string> Privacy = OneOf("", ", \"privacy\": {\"allow\": {\"events\": {\"*\": [\"a\", \"$ip\", \"url\"]}, \"traits\": [\"b\"]}}");

    private static readonly Gen<string> Event =
        Gen.Select(OneOf("track", "page", "screen", "identify", "$identify", "$page"), Json, Json, Json).Select((kind, properties, traits, context) => kind[0] == '$'
            ? $"{{\"event\": \"{kind}\", \"properties\": {properties}, \"context\": {context}}}"
            : $"{{\"type\": \"{kind}\", \"event\": \"Event\", \"userId\": \"u1\", \"name\": {traits}, \"properties\": {properties}, \"traits\": {traits}, \"context\": {{\"page\": {context}, \"traits\": {traits}}}}}");

    [Fact]
    public void Rules_applied_to_any_event_never_throw_and_leave_json()
    {
        var settings = new DestinationSettings { Rules = new RulesSettings { HashSecret = new Secret("a secret of some length") } };
        Gen.Select(Transformation.Array[0, 6], Privacy, Event).Holds((transformations, privacy, item) =>
        {
            string rules = $"{{\"transformations\": [{string.Join(',', transformations)}]{privacy}}}";
            if (RulesFile.Load(rules, settings.Rules.HashSecret) is Checked<DestinationRules>.Invalid)
            {
                return;
            }

            foreach (var request in RulesRig.Preview(rules, item, settings).Requests)
            {
                JsonDocument.Parse(request.Body).Dispose();
            }
        }, times: 3_000);
    }

    [Fact]
    public void Any_text_read_as_rules_never_throws() =>
        Gen.OneOf(Json, Gen.String, Gen.Select(Json, Transformation).Select((one, other) => $"{{\"transformations\": [{other}, {one}], \"privacy\": {one}, \"events\": {one}, \"sources\": {one}}}"))
            .Holds(text => RulesFile.Load(text, null).ShouldNotBeNull(), times: 3_000);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Object((string Name, string Value)[] members) => $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value}"))}}}";
}
