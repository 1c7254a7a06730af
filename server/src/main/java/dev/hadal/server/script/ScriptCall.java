package dev.hadal.server.script;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool call of an answer.
 *
 * @param candidates tools of different clients for the same purpose; the first that is on offer is called
 */
record ScriptCall(List<Candidate> candidates) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Copies the candidates. */
    ScriptCall {
        candidates = List.copyOf(candidates);
    }

    /**
     * A tool and what it is called with.
     *
     * @param tool its name
     * @param arguments their values, in whose strings groups are filled in
     */
    record Candidate(String tool, ObjectNode arguments) {
        /** JSON text of the arguments. */
        String filledArguments(ScriptGroups groups) {
            return filled(arguments, groups).toString();
        }
    }

    /** The candidate that is called, if one is on offer. */
    Optional<Candidate> chosen(Set<String> offered) {
        return candidates.stream()
                .filter(candidate -> offered.contains(candidate.tool()))
                .findFirst();
    }

    /** The depth is that of the script, which is limited when it is read. */
    private static JsonNode filled(JsonNode node, ScriptGroups groups) {
        if (node.isString()) {
            return JSON.stringNode(groups.fill(node.stringValue()));
        }
        if (node.isArray()) {
            ArrayNode array = JSON.arrayNode();
            node.forEach(element -> array.add(filled(element, groups)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JSON.objectNode();
            node.properties().forEach(member -> object.set(member.getKey(), filled(member.getValue(), groups)));
            return object;
        }
        return node;
    }
}
