terraform {
  required_providers {
    kubernetes = { source = "hashicorp/kubernetes" }
  }
}

provider "kubernetes" {
  host = "https://example.com"
}

resource "kubernetes_namespace" "this" {
  metadata {
    name   = "apps"
    labels = { team = "network", level = 3 }
  }
}

resource "kubernetes_service" "this" {
  count = 2

  metadata {
    name      = "web-${count.index}"
    namespace = kubernetes_namespace.this.metadata[0].name
  }

  spec {
    type = "LoadBalancer"

    port {
      port = 80
    }

    port {
      port     = 443
      protocol = "TCP"
    }
  }

  wait_for_load_balancer = true
}

data "kubernetes_secret" "this" {
  metadata {
    name = local.uid
  }
}

output "facts" {
  value = {
    namespace = kubernetes_service.this[0].metadata[0].namespace
    names     = kubernetes_service.this[*].status[0].load_balancer[0].ingress[0].hostname
    ids       = kubernetes_service.this[*].id
    token     = data.kubernetes_secret.this.data.token
    port      = kubernetes_service.this[0].spec[0].port[1].port
  }
}

locals {
  uid = kubernetes_service.this[0].metadata[0].uid # by itself in the data source, it would put that off
}
