export * from './machine.ts';
export * from './resource.ts';
export * from './group-document.ts';
export * from './service.ts';
