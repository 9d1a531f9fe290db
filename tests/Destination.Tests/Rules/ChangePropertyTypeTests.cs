using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class ChangePropertyTypeTests
{
    [Theory]
    [InlineData("\"-1\"", "-1")]
    [InlineData("\"24.6\"", "24.6")]
    [InlineData("\"$812.37\"", "\"$812.37\"")]
    [InlineData("1", "1")]
    [InlineData("null", "null")]
    [InlineData("\"button\"", "\"button\"")]
    [InlineData("\"$fourty-five\"", "\"$fourty-five\"")]
    public void Freshpaints_examples_of_numbers_come_out_as_documented(string given, string expected) => Converted("number", given).ShouldBe(expected);

    [Theory]
    [InlineData("\"007\"", "\"007\"")]
    [InlineData("\"-05\"", "\"-05\"")]
    [InlineData("\"00.5\"", "\"00.5\"")]
    [InlineData("\"0.5\"", "0.5")]
    [InlineData("\"+5\"", "\"+5\"")]
    [InlineData("\"+1.5\"", "\"+1.5\"")]
    [InlineData("\".5\"", "0.5")]
    [InlineData("\"-.50\"", "-0.50")]
    [InlineData("\"24.\"", "24")]
    [InlineData("\"0\"", "0")]
    [InlineData("\"000\"", "\"000\"")]
    [InlineData("\"123456789012345678901234567890\"", "123456789012345678901234567890")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"-\"", "\"-\"")]
    [InlineData("\".\"", "\".\"")]
    [InlineData("\" 5\"", "\" 5\"")]
    [InlineData("\"1e5\"", "\"1e5\"")]
    [InlineData("\"1,000\"", "\"1,000\"")]
    [InlineData("\"1.2.3\"", "\"1.2.3\"")]
    [InlineData("\"\\u0035\"", "5")]
    [InlineData("true", "true")]
    [InlineData("[\"1\"]", "[\"1\"]")]
    [InlineData("{\"a\":\"1\"}", "{\"a\":\"1\"}")]
    public void Text_becomes_a_number_only_when_it_is_a_plain_decimal(string given, string expected) => Converted("number", given).ShouldBe(expected);

    [Theory]
    [InlineData("null", "null")]
    [InlineData("\"as is\"", "\"as is\"")]
    [InlineData("24.60", "\"24.60\"")]
    [InlineData("true", "\"true\"")]
    [InlineData("false", "\"false\"")]
    [InlineData("{ \"a\": [1, \"2\"] }", "\"{\\\"a\\\":[1,\\\"2\\\"]}\"")]
    [InlineData("[ 1, null ]", "\"[1,null]\"")]
    public void Everything_but_null_becomes_text(string given, string expected) => Converted("text", given).ShouldBe(expected);

    [Theory]
    [InlineData("\"true\"", "true")]
    [InlineData("\"TRUE\"", "true")]
    [InlineData("\"False\"", "false")]
    [InlineData("1", "true")]
    [InlineData("0", "false")]
    [InlineData("\"1\"", "true")]
    [InlineData("\"0\"", "false")]
    [InlineData("true", "true")]
    [InlineData("2", "2")]
    [InlineData("\"yes\"", "\"yes\"")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("null", "null")]
    [InlineData("[true]", "[true]")]
    public void True_false_one_and_zero_become_booleans(string given, string expected) => Converted("boolean", given).ShouldBe(expected);

    [Fact]
    public void An_attribute_of_a_person_is_converted_too() =>
        RulesRig.Attributes("""{"operation": "changePropertyType", "on": "users", "property": "age", "type": "number"}""", """{"age": "41"}""").ShouldBe("""{"age":41}""");

    private static string Converted(string type, string given)
    {
        string data = RulesRig.Data($$"""{"operation": "changePropertyType", "on": "events", "property": "x", "type": "{{type}}"}""", $$"""{"x": {{given}}}""");
        return data["{\"x\":".Length..^1];
    }
}
