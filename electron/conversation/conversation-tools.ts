import type { ArgumentPattern, LastingScope, ToolArguments, ToolOffer, ToolResult } from '../contract/tools/schema.ts';

/**
 * Where a call is made: the id of a stored conversation, the name of a temporary one, of which nothing is stored, or null
 * where no conversation goes on.
 */
export type CallPlace = number | string | null;

/** Limits of one call. */
export interface ToolCallOptions {
	readonly signal: AbortSignal;
	/** Milliseconds; then the call ends with an error for the model. */
	readonly timeoutMs: number;
	readonly place: CallPlace;
	/** A person allowed this very call; false: only if a permission covers it. */
	readonly isAllowedOnce: boolean;
}

/** Tools as an answer uses them. `context/tools` implements it; the composition root joins them. */
export interface ConversationTools {
	/** Every tool, those that are off too; only those with `used` and without `off` or `changed` go to the model. */
	listTools(place: CallPlace): Promise<readonly ToolOffer[]>;
	/** Makes a conversation use these tools and no others. Called in a transaction. */
	chooseTools(conversationId: number, toolIds: readonly number[]): void;
	/** `refuse`: it is off, unknown, or changed since the person accepted it. */
	decidePermission(toolId: number, args: ToolArguments, place: CallPlace): 'allow' | 'ask' | 'refuse';
	/**
	 * Calls a tool and logs the call. Never rejects: whatever goes wrong, a missing permission too, is a result with
	 * `isError` for the model.
	 */
	callTool(toolId: number, args: ToolArguments, options: ToolCallOptions): Promise<ToolResult>;
	/** Logs a call that the person refused, and returns what the model is told. */
	refuseCall(toolId: number, args: ToolArguments, place: CallPlace): ToolResult;
	/**
	 * Permits calls. `conversation` in a temporary conversation lasts until the application closes, or the tool is switched
	 * off or becomes another. Throws Failure `tool-unknown`.
	 */
	grant(toolId: number, pattern: ArgumentPattern, scope: LastingScope, place: CallPlace): void;
	/** What was permitted in a temporary conversation holds in the one that it was stored as. Called in a transaction. */
	keepGrants(chat: string, conversationId: number): void;
}
