/**
 * The commands and events that we use of the two domains that Node adds to the protocol. Node defines them in
 * src/inspector/node_protocol.pdl. devtools-protocol describes Chrome and does not include them.
 */
export interface WorkerInfo {
  readonly workerId: string;
  readonly type: string;
  readonly title: string;
  readonly url: string;
}

export interface NodeCommands {
  'NodeWorker.enable': { paramsType: [{ waitForDebuggerOnStart: boolean }]; returnType: object };
  'NodeWorker.disable': { paramsType: []; returnType: object };
  'NodeWorker.detach': { paramsType: [{ sessionId: string }]; returnType: object };
  'NodeWorker.sendMessageToWorker': { paramsType: [{ message: string; sessionId: string }]; returnType: object };
  'NodeRuntime.enable': { paramsType: []; returnType: object };
  'NodeRuntime.disable': { paramsType: []; returnType: object };
  'NodeRuntime.notifyWhenWaitingForDisconnect': { paramsType: [{ enabled: boolean }]; returnType: object };
}

export interface NodeEvents {
  'NodeWorker.attachedToWorker': [{ sessionId: string; workerInfo: WorkerInfo; waitingForDebugger: boolean }];
  'NodeWorker.detachedFromWorker': [{ sessionId: string }];
  'NodeWorker.receivedMessageFromWorker': [{ sessionId: string; message: string }];
  'NodeRuntime.waitingForDebugger': [];
  'NodeRuntime.waitingForDisconnect': [];
}
