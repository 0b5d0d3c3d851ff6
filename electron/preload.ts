import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { portMessage, type WindowBridge, type WindowCommand } from './contract/bridge.ts';
import { channels } from './shell/ipc-channels.ts';

const bridge: WindowBridge = {
	platform: process.platform as WindowBridge['platform'],
	connect() {
		const { port1, port2 } = new MessageChannel();
		ipcRenderer.postMessage(channels.connect, null, [port2]);
		// The preload and the page have separate JavaScript worlds in one window; a port can cross only in a message.
		window.postMessage(portMessage, location.origin, [port1]);
	},
	chooseModelFile: () => ipcRenderer.invoke(channels.chooseModelFile),
	chooseModelFolder: () => ipcRenderer.invoke(channels.chooseModelFolder),
	saveText: (file) => ipcRenderer.invoke(channels.saveText, file),
	saveExport: (path) => ipcRenderer.invoke(channels.saveExport, path),
	pathOfFile: (file) => webUtils.getPathForFile(file),
	revealFile: (path) => ipcRenderer.invoke(channels.revealFile, path),
	onCommand(listener) {
		const deliver = (_event: unknown, command: WindowCommand) => listener(command);
		ipcRenderer.on(channels.command, deliver);
		return () => void ipcRenderer.off(channels.command, deliver);
	},
};

contextBridge.exposeInMainWorld('assay', bridge);
