import { usualDataFolder } from './data-folder.ts';

/** Returns the command that starts Assay's MCP server for this data folder: `node` and the file of the command line. */
export function mcpCommand(dataFolder: string, node: string, commandLine: string): readonly [string, ...string[]] {
	return [node, commandLine, 'mcp', ...(dataFolder === usualDataFolder() ? [] : ['--data', dataFolder])];
}
