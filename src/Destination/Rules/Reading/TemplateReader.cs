using System.Text;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads the operation <c>template</c>: text with properties in braces. A backslash takes the meaning from the character after it.</summary>
internal static class TemplateReader
{
    /// <summary>Reads it; null, and reported, when it is none.</summary>
    public static Operation.FillTemplate? Read(RulePart part)
    {
        PropertyPath? path = part.Required("property", "the property to set") is { } property ? NamesReader.Property(property) : null;
        if (part.Required("template", "the text, with properties in braces: \"{first_name} {last_name}\"") is not { } template || template.Text() is not { } text)
        {
            return null;
        }

        var pieces = new List<TemplatePiece>();
        if (Split(text, pieces) is { } problem)
        {
            template.Problem(problem);
        }
        else if (!pieces.Exists(piece => piece.Property is not null))
        {
            template.Problem("has no property in braces; a text that is always the same is a sendConstantProperty");
        }

        return path is null ? null : new Operation.FillTemplate(path, pieces);
    }

    private static string? Split(string text, List<TemplatePiece> pieces)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when i + 1 == text.Length:
                    return "ends in a backslash; a backslash takes the meaning from the character after it";
                case '\\':
                    literal.Append(text[++i]);
                    break;
                case '}':
                    return "has a } without its {; a brace that is meant as such is written \\}";
                case '{':
                    int end = End(text, i + 1);
                    if (end < 0)
                    {
                        return "has a { without its }; a brace that is meant as such is written \\{";
                    }

                    if (Property(text[(i + 1)..end], out string? problem) is not { } property)
                    {
                        return problem;
                    }

                    pieces.Add(new TemplatePiece(Utf8Text.Of(literal.ToString()), null));
                    pieces.Add(new TemplatePiece(default, property));
                    literal.Clear();
                    i = end;
                    break;
                default:
                    literal.Append(text[i]);
                    break;
            }
        }

        pieces.Add(new TemplatePiece(Utf8Text.Of(literal.ToString()), null));
        pieces.RemoveAll(piece => piece.Property is null && piece.Literal.IsEmpty);
        return null;
    }

    private static int End(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] == '}')
            {
                return i;
            }

            i += text[i] == '\\' ? 1 : 0;
        }

        return -1;
    }

    private static PropertyPath? Property(string text, out string? problem)
    {
        PropertyPath? path = PropertyPath.Parse(text, out problem);
        if (path is null)
        {
            problem = $"has {{{text}}}, which {problem}";
        }
        else if (path.ArrayPart > 0)
        {
            problem = $"has {{{text}}} with a [*]; one property was expected";
            path = null;
        }

        return path;
    }
}
