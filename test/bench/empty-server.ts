import 'reflect-metadata';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

@Controller('nothing')
class NothingController {
  @Get()
  get(): { readonly ok: true } {
    return { ok: true };
  }

  @Post()
  @HttpCode(200)
  post(): { readonly ok: true } {
    return { ok: true };
  }
}

@Module({ controllers: [NothingController] })
class NothingModule {}

const app = await NestFactory.create<NestFastifyApplication>(NothingModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
