import type { Tools } from '../context/tools/tools.ts';
import type { Implementer } from './implementer.ts';

export function toolHandlers(os: Implementer, tools: Tools) {
	const offers = async (conversationId: number | null) => ({ tools: [...(await tools.listTools(conversationId))] });
	return {
		view: os.tools.view.handler(() => tools.view()),
		offers: os.tools.offers.handler(({ input }) => offers(input.conversationId)),
		use: os.tools.use.handler(({ input: { conversationId, toolId, used } }) => {
			tools.use(conversationId, toolId, used);
			return offers(conversationId);
		}),
		setTool: os.tools.setTool.handler(({ input }) => tools.setTool(input.id, input.on)),
		acceptTool: os.tools.acceptTool.handler(({ input }) => tools.acceptTool(input.id, input.hash)),
		addServer: os.tools.addServer.handler(({ input }) => tools.addServer(input)),
		approveServer: os.tools.approveServer.handler(({ input }) => tools.approveServer(input.id, input.launchHash)),
		connectServer: os.tools.connectServer.handler(({ input }) => tools.connectServer(input.id)),
		setServer: os.tools.setServer.handler(({ input }) => tools.setServer(input.id, input.on)),
		removeServer: os.tools.removeServer.handler(async ({ input }) => {
			await tools.removeServer(input.id);
			return {};
		}),
		restoreServer: os.tools.restoreServer.handler(({ input }) => tools.restoreServer(input.id)),
		signIn: os.tools.signIn.handler(async ({ input }) => ({ url: await tools.signIn(input.id) })),
		previewImport: os.tools.previewImport.handler(({ input }) => tools.previewImport(input.text)),
		importServers: os.tools.importServers.handler(({ input: { text, names, inputs } }) => ({
			servers: tools.importServers(text, names, inputs),
		})),
		exportServers: os.tools.exportServers.handler(({ input }) => tools.exportServers(input.client)),
		setFolders: os.tools.setFolders.handler(({ input }) => ({ folders: tools.setFolders(input.folders) })),
		grant: os.tools.grant.handler(({ input: { toolId, pattern, scope, conversationId } }) => ({
			grant: tools.grantStored(toolId, pattern, scope, conversationId),
		})),
		revokeGrant: os.tools.revokeGrant.handler(({ input }) => tools.revokeGrant(input.id)),
		call: os.tools.call.handler(({ input, signal }) =>
			tools.callByHand(input.toolId, input.arguments, signal ?? new AbortController().signal),
		),
		log: os.tools.log.handler(({ input }) => tools.calls(input)),
		restoreLog: os.tools.restoreLog.handler(({ input }) => ({ restored: tools.restoreLog(input.clearedAt) })),
		clearLog: os.tools.clearLog.handler(({ input }) => tools.clearLog(input.conversationId)),
	};
}
